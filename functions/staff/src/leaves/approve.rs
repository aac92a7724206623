//! `POST /leaves/{id}/approve`: grant leave.

use axum::extract::State;
use domain::id::LeaveId;
use http::{AppState, IfMatch, Json, Problem, Versioned};

use super::{DecideLeaveRequest, LeaveAccess, LeaveView, NotApproved, NotDecided, decision, not_written, refused, view};

/// Approve leave
///
/// Takes the days off the balance of each year. From the answer on, nobody can book the doctor in that time: `impact` lists the appointments
/// that are in the way, and their patients get an email with the next free slots. The person gets an email.
#[utoipa::path(post, path = "/leaves/{id}/approve", tag = "leave", operation_id = "approve_leave", request_body = DecideLeaveRequest,
    params(("id" = LeaveId, Path), IfMatch), responses((status = 200, body = Versioned<LeaveView>), NotDecided, NotApproved))]
pub(crate) async fn approve(
    State(state): State<AppState>,
    access: LeaveAccess,
    if_match: IfMatch,
    Json(request): Json<DecideLeaveRequest>,
) -> Result<Versioned<LeaveView>, Problem> {
    access.must_be_anothers()?;
    if_match.check(access.leave.version)?;
    let decision = decision(request.note, &access.caller, &state)?;
    let before = access.leave;
    let after = before.clone().decide(true, decision).map_err(refused)?;
    state.store.leave_approve(&before, &after).await.map_err(not_written)?;
    if let Some(doctor) = access.account.doctor_id {
        // `notifications` does the same: if this fails half-way, the rest follows.
        state.store.leave_follow_in_days(doctor, &after, None).await?;
    }
    view(after, &access.account, &state).await
}
