//! `PATCH /staff/{id}`: change a staff profile, by an administrator.

use axum::extract::State;
use domain::id::UserId;
use http::{AppState, IfMatch, Json, Path, Problem, Versioned, auth::Caller};
use store::trail;

use super::{ChangeStaffRequest, StaffView, read, write};

/// Change a staff profile
#[utoipa::path(patch, path = "/staff/{id}", tag = "staff", operation_id = "change_staff_profile", request_body = ChangeStaffRequest,
    params(("id" = UserId, Path), IfMatch), responses((status = 200, body = Versioned<StaffView>)))]
pub(crate) async fn change(
    State(state): State<AppState>,
    _: Caller,
    Path(id): Path<UserId>,
    if_match: IfMatch,
    Json(request): Json<ChangeStaffRequest>,
) -> Result<Versioned<StaffView>, Problem> {
    trail::account(id);
    let (before, shown) = read(&state, id).await?;
    if_match.check(before.version)?;
    write(&state, &before, request, shown.body.doctor.is_some()).await
}
