//! `DELETE /users/me/sessions/{id}`: end one sign-in.

use axum::{extract::State, http::StatusCode};
use domain::id::SessionId;
use http::{Path, Problem, auth::Caller};
use store::sessions::End;

use crate::Users;

/// Sign out of one device
#[utoipa::path(delete, path = "/users/me/sessions/{id}", tag = "own account", operation_id = "end_own_session", params(("id" = SessionId, Path)),
    responses((status = 204, description = "Signed out")))]
pub(crate) async fn end_session(State(users): State<Users>, caller: Caller, Path(id): Path<SessionId>) -> Result<StatusCode, Problem> {
    if users.base.store.session_end(caller.user_id, id, End::SignedOut).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("sign-in"))
    }
}
