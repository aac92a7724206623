//! `POST /auth/token`: sign in with a password.

use axum::{extract::State, http::HeaderMap};
use domain::{account::Status, password::Password, text::Email};
use http::{Fields, Json, Problem, refusals};
use serde::Deserialize;
use store::trail;
use utoipa::ToSchema;

use crate::{
    Users,
    refused::password_void,
    throttle::{self, Asker, TooManyAttempts},
    tokens::TokenPair,
};

refusals! {
    pub(crate) NotSignedIn {
        401 "invalid_credentials",
        403 "password_void",
        403 "account_suspended",
        409 "try_again",
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignInByPasswordRequest {
    #[schema(value_type = Email)]
    email: Option<String>,
    #[schema(value_type = Password)]
    password: Option<String>,
}

/// Sign in
///
/// An unknown email address and a wrong password get the same answer, in the same time. Five attempts are free. After that, each attempt
/// makes the next one wait longer: 429 with `Retry-After`.
#[utoipa::path(post, path = "/auth/token", tag = "sign-in", operation_id = "sign_in_by_password", request_body = SignInByPasswordRequest,
    responses((status = 200, body = TokenPair, description = "Signed in"), NotSignedIn, TooManyAttempts))]
pub(crate) async fn sign_in(
    State(users): State<Users>,
    headers: HeaderMap,
    Json(request): Json<SignInByPasswordRequest>,
) -> Result<Json<TokenPair>, Problem> {
    let state = &users.base;
    let mut fields = Fields::default();
    let email = fields.required("email", request.email, |text| Email::parse(&text));
    let typed = fields.required("password", request.password, |text| Password::parse(&text));
    let (Some(email), Some(typed)) = (email, typed) else { return Err(fields.problem()) };

    let from_source = throttle::pass(state, throttle::passwords_from_source(state)).await?;
    let stored = state.store.account_by_email(&email).await?;
    let asker = Asker::of(state, &email, stored.as_ref().map(|stored| &stored.account)).await?;
    let of_account = throttle::pass(state, asker.passwords()).await?;

    if let Some(stored) = &stored {
        trail::account(stored.account.id);
    }
    let void = stored.as_ref().is_some_and(|stored| stored.password_void);
    let hash = stored.as_ref().and_then(|stored| stored.password_hash.as_deref());
    let right = users.passwords.verify(typed.expose(), hash);
    let Some(account) = stored.map(|stored| stored.account).filter(|account| right && account.status != Status::Closed) else {
        return Err(Problem::unauthenticated("invalid_credentials", "The email address or the password is wrong."));
    };
    if void {
        return Err(password_void());
    }
    if !account.may_sign_in() {
        return Err(Problem::forbidden("This account is suspended. Ask the hospital's administration.").coded("account_suspended"));
    }

    let (session, secret) = users.new_session(&account, &headers)?;
    if !state.store.session_begin(&session).await? {
        return Err(Problem::conflict("try_again", "The sign-in could not be stored. Try again."));
    }
    asker.remember_network(state, &account).await;
    of_account.clear(state).await;
    from_source.uncount(state).await;
    trail::account_holder(&account);
    Ok(Json(users.pair(&account, &session, &secret)?))
}
