//! `POST /patients/{patient_id}/bed-requests/{id}/withdraw`: take a patient off the list of a ward.

use axum::{extract::State, http::StatusCode};
use domain::id::{BedRequestId, PatientId};
use http::{AppState, NoBody, Path, Problem};

use crate::{authority::OfPatient, refused::NotHere};

/// Take a patient off the list for a bed
#[utoipa::path(post, path = "/patients/{patient_id}/bed-requests/{id}/withdraw", tag = "stays", operation_id = "withdraw_bed_request",
    params(("patient_id" = PatientId, Path), ("id" = BedRequestId, Path)), responses((status = 204, description = "Withdrawn"), NotHere))]
pub(crate) async fn withdraw(
    State(state): State<AppState>,
    access: OfPatient,
    Path(id): Path<BedRequestId>,
    _: NoBody,
) -> Result<StatusCode, Problem> {
    let missing = || Problem::not_found("bed request");
    let request = state.store.bed_request(access.patient.id).await?.filter(|request| request.id == id).ok_or_else(missing)?;
    access.on_or_where_they_lie(request.ward, &state).await?;
    if state.store.bed_request_end(&request).await? { Ok(StatusCode::NO_CONTENT) } else { Err(missing()) }
}
