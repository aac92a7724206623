//! `POST /leaves/{id}/withdraw`: take the request back, before it is decided.

use axum::extract::State;
use domain::id::LeaveId;
use http::{AppState, IfMatch, NoBody, Problem, Versioned};

use super::{LeaveAccess, LeaveView, NotPending, not_written, refused, view};

/// Take your request back
#[utoipa::path(post, path = "/leaves/{id}/withdraw", tag = "leave", operation_id = "withdraw_leave", params(("id" = LeaveId, Path), IfMatch),
    responses((status = 200, body = Versioned<LeaveView>), NotPending))]
pub(crate) async fn withdraw(
    State(state): State<AppState>,
    access: LeaveAccess,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<LeaveView>, Problem> {
    let before = access.leave;
    if_match.check(before.version)?;
    let after = before.clone().withdraw().map_err(refused)?;
    state.store.leave_change(&before, &after, &access.account).await.map_err(not_written)?;
    view(after, &access.account, &state).await
}
