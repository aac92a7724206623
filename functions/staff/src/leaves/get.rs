//! `GET /leaves/{id}`: one leave, with what it is in the way of.

use axum::extract::State;
use domain::id::LeaveId;
use http::{AppState, Problem, Versioned};

use super::{LeaveAccess, LeaveView, view};

/// Read somebody's leave
///
/// Your own, or as an administrator everybody's. `impact` lists the person's shifts and the doctor's appointments in that time.
#[utoipa::path(get, path = "/leaves/{id}", tag = "leave", operation_id = "get_leave", params(("id" = LeaveId, Path)),
    responses((status = 200, body = Versioned<LeaveView>)))]
pub(crate) async fn get(State(state): State<AppState>, access: LeaveAccess) -> Result<Versioned<LeaveView>, Problem> {
    view(access.leave, &access.account, &state).await
}
