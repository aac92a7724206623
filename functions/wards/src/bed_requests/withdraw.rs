//! `POST /patients/{patient_id}/bed-requests/{id}/withdraw`: take a patient off the list of a ward.

use axum::{extract::State, http::StatusCode};
use domain::{
    bed_request::BedPriority,
    id::{BedRequestId, PatientId},
};
use http::{AppState, NoBody, Path, Problem, auth::NotHere, refusals};

use crate::authority::OfPatient;

refusals! {
    pub(crate) NotWithdrawn {
        409 "needs_critical_care",
    }
}

/// Take a patient off the list for a bed
#[utoipa::path(post, path = "/patients/{patient_id}/bed-requests/{id}/withdraw", tag = "stays", operation_id = "withdraw_bed_request",
    params(("patient_id" = PatientId, Path), ("id" = BedRequestId, Path)), responses((status = 204, description = "Withdrawn"), NotHere, NotWithdrawn))]
pub(crate) async fn withdraw(
    State(state): State<AppState>,
    access: OfPatient,
    Path(id): Path<BedRequestId>,
    _: NoBody,
) -> Result<StatusCode, Problem> {
    let missing = || Problem::not_found("bed request");
    let request = state.store.bed_request(access.patient.id).await?.filter(|request| request.id == id).ok_or_else(missing)?;
    access.on_or_where_they_are(request.ward, &state).await?;
    if request.priority == BedPriority::Critical && state.store.current_case(access.patient.id).await?.is_some() {
        let detail = "This emergency needs critical care. Judge it anew, or note how it ended: then the patient waits no longer.";
        return Err(Problem::conflict("needs_critical_care", detail));
    }
    if state.store.bed_request_end(&request).await? { Ok(StatusCode::NO_CONTENT) } else { Err(missing()) }
}
