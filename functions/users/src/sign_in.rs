//! `POST /auth/token`: sign in with a password.

use axum::extract::State as Extract;
use domain::{account::Password, id::SessionId, text::Email};
use serde::Deserialize;
use shared::{
    auth::password,
    http::{Fields, Json, Problem, Refusals},
    store::sessions::Session,
};
use utoipa::ToSchema;

use crate::{Users, tokens::TokenPair};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignInRequest {
    #[schema(required, nullable = false, format = "email", example = "ada@example.org")]
    email: Option<String>,
    #[schema(required, nullable = false, format = "password", example = "correct horse battery")]
    password: Option<String>,
}

/// Sign in
///
/// Unknown addresses and wrong passwords are answered alike, in the same time.
#[utoipa::path(post, path = "/auth/token", tag = "users", request_body = SignInRequest, security(()),
    responses((status = 200, body = TokenPair, description = "Signed in"), Refusals))]
pub(crate) async fn sign_in(Extract(users): Extract<Users>, Json(request): Json<SignInRequest>) -> Result<Json<TokenPair>, Problem> {
    let state = &users.base;
    let mut fields = Fields::default();
    let email = fields.required("email", request.email, |text| Email::parse(&text));
    let typed = fields.required("password", request.password, |text| Password::parse(&text));
    let (Some(email), Some(typed)) = (email, typed) else { return Err(fields.problem()) };

    let stored = state.store.account_by_email(&email).await?;
    let right = password::verify(typed.expose(), stored.as_ref().map(|stored| stored.password_hash.as_str()));
    let Some(account) = stored.map(|stored| stored.account).filter(|_| right) else {
        return Err(Problem::unauthenticated("invalid_credentials", "The email address or the password is wrong."));
    };

    let now = state.clock.now();
    let session_id = SessionId::new(now, state.random.u128()?);
    let refresh = users.refresh_token(account.id, session_id)?;
    let session = Session {
        id: session_id,
        user_id: account.id,
        token_hash: refresh.hash.clone(),
        signed_in_at: now,
        expires_at: refresh.expires_at,
    };
    if !state.store.begin_session(&session).await? {
        return Err(Problem::conflict("try_again", "Please try again."));
    }
    Ok(Json(users.pair(&account, session_id, refresh)?))
}
