//! `POST /leaves`: ask for leave.

use axum::extract::State;
use domain::{
    id::LeaveId,
    leave::{Leave, LeaveStatus},
    policy::Relationship,
};
use http::{AppState, Created, Json, Problem, auth::Caller};
use store::trail;

use super::{AskForLeaveRequest, LeaveView, NotAsked, not_written, view};

/// Ask for leave
///
/// Administrators are told by email, and you get one as well. The days are taken off your balance when it is approved.
#[utoipa::path(post, path = "/leaves", tag = "leave", operation_id = "request_leave", request_body = AskForLeaveRequest,
    responses((status = 201, body = Created<LeaveView>, description = "Asked for"), NotAsked))]
pub(crate) async fn ask(
    State(state): State<AppState>,
    caller: Caller,
    Json(request): Json<AskForLeaveRequest>,
) -> Result<Created<LeaveView>, Problem> {
    if !caller.may(&[Relationship::Own].into()) {
        return Err(Problem::forbidden("Only people who work here can ask for leave."));
    }
    let (what, span, reason) = request.parse(state.today())?;
    trail::account(caller.user_id);
    let account = state.store.account(caller.user_id).await?.ok_or_else(|| Problem::not_found("account"))?.account;
    let (id, asked_at) = (LeaveId::new(state.clock.now(), state.random.u128()?), state.clock.now());
    let (user_id, name) = (account.id, account.name.clone());
    let leave = Leave { id, user_id, name, what, span, reason, status: LeaveStatus::Pending, asked_at, decision: None, version: 1 };
    state.store.leave_ask(&leave, &account).await.map_err(not_written)?;
    let shown = view(leave, &account, &state).await?;
    Ok(Created { location: format!("/leaves/{id}"), version: shown.version, body: shown.body })
}
