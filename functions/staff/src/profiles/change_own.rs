//! `PATCH /staff/me`: change the caller's own staff profile.

use axum::extract::State;
use domain::policy::Relationship;
use http::{AppState, IfMatch, Json, Problem, Versioned, auth::Caller};
use store::trail;

use super::{ChangeStaffRequest, StaffView, read, write};

/// Change your own staff profile
///
/// Everything but the ward, which an administrator changes.
#[utoipa::path(patch, path = "/staff/me", tag = "staff", operation_id = "change_own_staff_profile", request_body = ChangeStaffRequest,
    params(IfMatch), responses((status = 200, body = Versioned<StaffView>)))]
pub(crate) async fn change_own(
    State(state): State<AppState>,
    caller: Caller,
    if_match: IfMatch,
    Json(request): Json<ChangeStaffRequest>,
) -> Result<Versioned<StaffView>, Problem> {
    if !caller.may(&[Relationship::Own].into()) {
        return Err(Problem::forbidden("Only people who work here have a staff profile."));
    }
    if request.ward.is_some() {
        return Err(Problem::invalid_field("ward", "administrators_only", "Ask an administrator to change your ward."));
    }
    trail::account(caller.user_id);
    let (before, _) = read(&state, caller.user_id).await?;
    if_match.check(before.version)?;
    write(&state, &before, request, caller.doctor_id.is_some()).await
}
