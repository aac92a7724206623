//! `POST /wards/{ward}/managers/{shift}/release`: give a shift of a ward back.

use axum::{extract::State, http::StatusCode};
use domain::{shifts::ShiftTime, ward::Ward};
use http::{AppState, NoBody, Problem};
use store::{trail, wards::ManagerError};

use crate::authority::OfManager;

/// Release a shift of a ward
///
/// Managers release their own, administrators anybody's. Somebody else can take it then.
#[utoipa::path(post, path = "/wards/{ward}/managers/{shift}/release", tag = "wards", operation_id = "release_ward_shift",
    params(("ward" = Ward, Path), ("shift" = ShiftTime, Path)), responses((status = 204, description = "Released")))]
pub(crate) async fn release(State(state): State<AppState>, of: OfManager, _: NoBody) -> Result<StatusCode, Problem> {
    trail::account(of.shift.user_id);
    match state.store.ward_manager_end(&of.shift).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(ManagerError::Store(error)) => Err(error.into()),
        Err(_) => Err(Problem::not_found("manager of this shift")),
    }
}
