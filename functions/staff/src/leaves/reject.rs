//! `POST /leaves/{id}/reject`: do not grant leave.

use axum::extract::State;
use domain::id::LeaveId;
use http::{AppState, IfMatch, Json, Problem, Versioned};

use super::{DecideLeaveRequest, LeaveAccess, LeaveView, NotDecided, decision, not_written, refused, view};

/// Reject leave
///
/// The person gets an email with the note.
#[utoipa::path(post, path = "/leaves/{id}/reject", tag = "leave", operation_id = "reject_leave", request_body = DecideLeaveRequest,
    params(("id" = LeaveId, Path), IfMatch), responses((status = 200, body = Versioned<LeaveView>), NotDecided))]
pub(crate) async fn reject(
    State(state): State<AppState>,
    access: LeaveAccess,
    if_match: IfMatch,
    Json(request): Json<DecideLeaveRequest>,
) -> Result<Versioned<LeaveView>, Problem> {
    access.must_be_anothers()?;
    if_match.check(access.leave.version)?;
    let decision = decision(request.note, &access.caller, &state)?;
    let before = access.leave;
    let after = before.clone().decide(false, decision).map_err(refused)?;
    state.store.leave_change(&before, &after, &access.account).await.map_err(not_written)?;
    view(after, &access.account, &state).await
}
