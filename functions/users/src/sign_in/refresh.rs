//! `POST /auth/refresh`: exchange a refresh token for the next pair.

use axum::extract::State;
use domain::session::{RETRY, lifetime};
use http::{Fields, Json, Problem, refusals};
use platform::random::fingerprint;
use serde::Deserialize;
use store::{
    sessions::{End, Session},
    trail,
};
use utoipa::ToSchema;

use crate::{
    Users,
    tokens::{self, TokenPair, with_new_expiry},
};

refusals! {
    pub(crate) NotRefreshed {
        401 "invalid_refresh_token",
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshTokensRequest {
    #[schema(value_type = String)]
    refresh_token: Option<String>,
}

/// Get the next token pair
///
/// A refresh token works once. If the answer is lost, send the same token again within 10 seconds: you get the same next refresh token.
/// Sent again later, or after the next one has been used, it ends the whole sign-in, because somebody else may have a copy of it. The new
/// access token carries the roles that the account has now.
#[utoipa::path(post, path = "/auth/refresh", tag = "sign-in", operation_id = "refresh_tokens", request_body = RefreshTokensRequest,
    responses((status = 200, body = TokenPair, description = "The next pair"), NotRefreshed))]
pub(crate) async fn refresh(State(users): State<Users>, Json(request): Json<RefreshTokensRequest>) -> Result<Json<TokenPair>, Problem> {
    let state = &users.base;
    let mut fields = Fields::default();
    let Some(token) = fields.required("refresh_token", request.refresh_token, Ok) else { return Err(fields.problem()) };

    let refused = || Problem::unauthenticated("invalid_refresh_token", "The refresh token is not valid. Sign in again.");
    // A token that was never issued ends nothing.
    let (user_id, session_id, secret) = tokens::parse(&users.refresh_key, &token).ok_or_else(refused)?;
    let (stored, session) = state.store.account_and_session(user_id, session_id).await?.ok_or_else(refused)?;
    let (account, now) = (stored.account, state.clock.now());
    trail::account_holder(&account);
    let idle = now.duration_since(session.refreshed_at) >= lifetime(&account.active_roles()).idle;
    if !account.may_sign_in() || !session.holds(&account, now) || idle {
        return Err(refused());
    }

    // The next secret is derived from this one, so that a request that is sent twice gets the same answer twice.
    let next = users.refresh_key.next_secret(session_id, secret);
    let mut current = session;
    if current.token_hash == fingerprint(secret.as_bytes()) {
        let rotated = Session { token_hash: fingerprint(next.as_bytes()), ..with_new_expiry(current.clone(), &account, now) };
        if now >= rotated.ends_at {
            return Err(refused());
        }
        if state.store.session_rotate(&current, &rotated).await? {
            return Ok(Json(users.pair(&account, &rotated, &next)?));
        }
        // Another request with this token was first.
        current = state.store.session(user_id, session_id).await?.ok_or_else(refused)?;
    }
    let repeated = current.token_hash == fingerprint(next.as_bytes());
    if repeated && current.ended.is_none() && now.duration_since(current.refreshed_at) <= RETRY {
        return Ok(Json(users.pair(&account, &current, &next)?));
    }
    tracing::warn!("a refresh token was used again: its sign-in ends");
    state.store.session_end(user_id, session_id, End::TokenReused).await?;
    Err(refused())
}
