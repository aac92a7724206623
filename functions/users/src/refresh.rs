//! `POST /auth/refresh`: exchange a refresh token for the next pair.

use axum::extract::State as Extract;
use serde::Deserialize;
use shared::http::{Fields, Json, Problem, Refusals};
use utoipa::ToSchema;

use crate::{
    Users,
    tokens::{self, SESSION_LIFETIME, TokenPair},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshRequest {
    #[schema(required, nullable = false)]
    refresh_token: Option<String>,
}

/// Get the next token pair
///
/// A refresh token is good once, and a session for 90 days. The new access token carries the roles that the account has now.
#[utoipa::path(post, path = "/auth/refresh", tag = "users", request_body = RefreshRequest, security(()),
    responses((status = 200, body = TokenPair, description = "The next pair"), Refusals))]
pub(crate) async fn refresh(Extract(users): Extract<Users>, Json(request): Json<RefreshRequest>) -> Result<Json<TokenPair>, Problem> {
    let state = &users.base;
    let mut fields = Fields::default();
    let Some(token) = fields.required("refresh_token", request.refresh_token, Ok) else { return Err(fields.problem()) };

    let refused = || Problem::unauthenticated("invalid_refresh_token", "The refresh token is not valid any more. Sign in again.");
    let (user_id, session_id, hash) = tokens::parse(&token).ok_or_else(refused)?;
    let session = state.store.session(user_id, session_id).await?.ok_or_else(refused)?;
    let now = state.clock.now();
    let over = session.expires_at <= now || now.duration_since(session.signed_in_at) >= SESSION_LIFETIME;
    if session.token_hash != hash || over {
        return Err(refused());
    }
    let account = state.store.account(user_id).await?.ok_or_else(refused)?.account;
    let next = users.refresh_token(user_id, session_id)?;
    if !state.store.rotate_session(&session, &next.hash, next.expires_at).await? {
        return Err(refused());
    }
    Ok(Json(users.pair(&account, session_id, next)?))
}
