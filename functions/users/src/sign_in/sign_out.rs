//! `POST /auth/logout`: end this sign-in.

use axum::{extract::State, http::StatusCode};
use http::{Problem, auth::Caller};
use store::sessions::End;

use crate::Users;

/// Sign out
///
/// The refresh token stops working at once. The access token stops working at once on routes that look the sign-in up, and within 15
/// minutes on the others.
#[utoipa::path(post, path = "/auth/logout", tag = "sign-in", operation_id = "end_sign_in", responses((status = 204, description = "Signed out")))]
pub(crate) async fn sign_out(State(users): State<Users>, caller: Caller) -> Result<StatusCode, Problem> {
    users.base.store.session_end(caller.user_id, caller.session_id, End::SignedOut).await?;
    Ok(StatusCode::NO_CONTENT)
}
