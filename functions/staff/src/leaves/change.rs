//! `PATCH /leaves/{id}`: ask for something else, before it is decided.

use axum::extract::State;
use domain::id::LeaveId;
use http::{AppState, IfMatch, Json, Problem, Versioned};

use super::{AskForLeaveRequest, LeaveAccess, LeaveView, NotAsked, NotPending, not_written, refused, view};

/// Change what you asked for
///
/// Until it is decided. Send everything as you want it to be.
#[utoipa::path(patch, path = "/leaves/{id}", tag = "leave", operation_id = "change_leave", request_body = AskForLeaveRequest,
    params(("id" = LeaveId, Path), IfMatch), responses((status = 200, body = Versioned<LeaveView>), NotPending, NotAsked))]
pub(crate) async fn change(
    State(state): State<AppState>,
    access: LeaveAccess,
    if_match: IfMatch,
    Json(request): Json<AskForLeaveRequest>,
) -> Result<Versioned<LeaveView>, Problem> {
    let before = access.leave;
    if_match.check(before.version)?;
    let (what, span, reason) = request.parse(state.today())?;
    let after = before.clone().edit(what, span, reason).map_err(refused)?;
    state.store.leave_change(&before, &after, &access.account).await.map_err(not_written)?;
    view(after, &access.account, &state).await
}
