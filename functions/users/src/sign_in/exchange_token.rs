//! `POST /auth/email-token/exchange`: sign in with the token that was sent by email.

use axum::{extract::State as Extract, http::HeaderMap};
use serde::Deserialize;
use shared::{
    http::{Fields, Json, Problem, Refusals},
    store::email_tokens::Purpose,
    trail,
};
use utoipa::ToSchema;

use crate::{Users, throttle, tokens::TokenPair, view::invalid_token};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExchangeRequest {
    /// What follows `#token=` in the letter's link.
    #[schema(required, nullable = false)]
    token: Option<String>,
}

/// Sign in by email
///
/// The token is good once, for 10 minutes.
#[utoipa::path(post, path = "/auth/email-token/exchange", tag = "users", request_body = ExchangeRequest, security(()),
    responses((status = 200, body = TokenPair, description = "Signed in"), Refusals))]
pub(crate) async fn exchange_token(
    Extract(users): Extract<Users>,
    headers: HeaderMap,
    Json(request): Json<ExchangeRequest>,
) -> Result<Json<TokenPair>, Problem> {
    let state = &users.base;
    let mut fields = Fields::default();
    let Some(token) = fields.required("token", request.token, Ok) else { return Err(fields.problem()) };
    let from_source = throttle::pass(state, throttle::passwords_from_source(state)).await?;

    let (token, stored) = users.redeem(&token, &[Purpose::SignIn]).await?;
    let account = stored.account;
    let (session, secret) = users.new_session(&account, &headers)?;
    if !state.store.begin_session_with(&session, token.id).await? {
        return Err(invalid_token());
    }
    from_source.give_back(state).await?;
    trail::actor(account.id, &account.active_roles());
    Ok(Json(users.pair(&account, &session, &secret)?))
}
