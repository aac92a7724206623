//! `POST /auth/logout`: end this sign-in.

use axum::{extract::State, http::StatusCode};
use http::{Problem, auth::Caller};
use store::sessions::End;

use crate::Users;

/// Sign out
///
/// The session's refresh token stops working at once, and so does its access token where it is looked up; elsewhere within 15 minutes.
#[utoipa::path(post, path = "/auth/logout", tag = "sign-in", operation_id = "end_sign_in", responses((status = 204, description = "Signed out")))]
pub(crate) async fn sign_out(State(users): State<Users>, caller: Caller) -> Result<StatusCode, Problem> {
    users.base.store.session_end(caller.user_id, caller.session_id, End::SignedOut).await?;
    Ok(StatusCode::NO_CONTENT)
}
