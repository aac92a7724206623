//! `POST /laboratories/{laboratory_id}/technicians/{user_id}/release`: somebody works there no longer.

use axum::{extract::State, http::StatusCode};
use domain::id::{LaboratoryId, UserId};
use http::{AppState, NoBody, Path, Problem};
use store::{laboratories::TechnicianError, trail};

use crate::authority::InLaboratory;

/// Release somebody who works in a laboratory
///
/// They can work in another one then. Administrators can add somebody to a laboratory in which nobody works.
#[utoipa::path(post, path = "/laboratories/{laboratory_id}/technicians/{user_id}/release", tag = "laboratories", operation_id = "release_technician",
    params(("laboratory_id" = LaboratoryId, Path), ("user_id" = UserId, Path)), responses((status = 204, description = "Released")))]
pub(crate) async fn release(
    State(state): State<AppState>,
    there: InLaboratory,
    Path(user): Path<UserId>,
    _: NoBody,
) -> Result<StatusCode, Problem> {
    trail::account(user);
    let works = state.store.works_in_laboratory(user).await?.filter(|works| works.laboratory_id == there.laboratory.listed.id);
    let missing = || Problem::not_found("technician");
    match state.store.seat_end(&works.ok_or_else(missing)?).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(TechnicianError::Store(error)) => Err(error.into()),
        Err(_) => Err(missing()),
    }
}
