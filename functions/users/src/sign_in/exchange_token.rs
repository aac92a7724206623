//! `POST /auth/email-token/exchange`: sign in with an emailed token.

use axum::{extract::State, http::HeaderMap};
use http::{Fields, Json, Problem};
use serde::Deserialize;
use store::{
    accounts::{AccountChange, ChangeError, StoredAccount},
    email_tokens::Purpose,
    sessions::BeginError,
    trail,
};
use utoipa::ToSchema;

use crate::{
    Users,
    refused::{InvalidToken, NotProven, invalid_token, not_changed, refused},
    throttle::{self, Asker, TooManyAttempts},
    tokens::TokenPair,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignInByEmailRequest {
    /// The part of the email's link after `#token=`.
    #[schema(value_type = String)]
    token: Option<String>,
}

/// Sign in by email
///
/// The token works once, within 10 minutes. It also confirms the email address. A password that was chosen before the email address was
/// confirmed stops working.
#[utoipa::path(post, path = "/auth/email-token/exchange", tag = "sign-in", operation_id = "sign_in_by_email", request_body = SignInByEmailRequest,
    responses((status = 200, body = TokenPair, description = "Signed in"), InvalidToken, NotProven, TooManyAttempts))]
pub(crate) async fn exchange_token(
    State(users): State<Users>,
    headers: HeaderMap,
    Json(request): Json<SignInByEmailRequest>,
) -> Result<Json<TokenPair>, Problem> {
    let state = &users.base;
    let mut fields = Fields::default();
    let Some(token) = fields.required("token", request.token, Ok) else { return Err(fields.problem()) };
    let from_source = throttle::pass(state, throttle::passwords_from_source(state)).await?;

    let (token, before) = users.redeem(&token, &[Purpose::SignIn]).await?;
    let (account, session, secret) = if before.account.email_confirmed {
        let (session, secret) = users.new_session(&before.account, &headers)?;
        state.store.session_begin_by_token(&session, token.id).await.map_err(|why| match why {
            BeginError::TokenUsed => invalid_token(),
            BeginError::Store(error) => error.into(),
        })?;
        trail::account_holder(&before.account);
        (before.account, session, secret)
    } else {
        // The person who opened the account and chose its password may not be the person who reads the emails. From now on the account
        // belongs to the reader of the emails.
        let first_administrator = users.is_first_administrator(&token.email).await?;
        let account = before.account.clone().prove_email(token.email, first_administrator).map_err(refused)?.signed_out();
        let (session, secret) = users.new_session(&account, &headers)?;
        let after = StoredAccount { account, password_hash: before.password_hash.clone(), password_void: before.password_hash.is_some() };
        trail::account_holder(&after.account);
        trail::detail("email address confirmed; an earlier password no longer works".to_owned());
        let change =
            AccountChange { token: Some(token.id), first_administrator, session: Some(&session), ..AccountChange::new(&before, &after) };
        state.store.account_change(change).await.map_err(|why| match why {
            ChangeError::Stale => invalid_token(),
            why => not_changed(why),
        })?;
        (after.account, session, secret)
    };
    // The token is used up: what fails from here on must not keep its owner out. They may need the next email at once.
    match Asker::of(state, &account.email, Some(&account)).await {
        Ok(asker) => {
            asker.remember_network(state, &account).await;
            throttle::forget(state, &asker.emails(Purpose::SignIn)).await;
        }
        Err(problem) => tracing::warn!(code = problem.code, "the network of a sign-in is not remembered"),
    }
    from_source.uncount(state).await;
    Ok(Json(users.pair(&account, &session, &secret)?))
}
