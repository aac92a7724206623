//! `POST /patients/{patient_id}/prescriptions/medicines/{id}/stop`: the patient no longer takes a medicine.

use axum::extract::State;
use domain::{
    id::{MedicineId, PatientId},
    record::prescription::Medicine,
};
use http::{AppState, Json, Path, Problem, RequiredIfMatch, Versioned, auth::PatientAccess, refusals};

use super::{MedicineView, active};
use crate::{
    entries::{WithReason, author, doctor, shown},
    refused::{Busy, not_written},
};

refusals! {
    pub(crate) NotStopped {
        409 "already_stopped",
    }
}

/// Stop a medicine
///
/// Nothing more is dispensed. The patient gets an email.
#[utoipa::path(post, path = "/patients/{patient_id}/prescriptions/medicines/{id}/stop", tag = "medical record", operation_id = "stop_medicine",
    request_body = WithReason, params(("patient_id" = PatientId, Path), ("id" = MedicineId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<MedicineView>), NotStopped, Busy))]
pub(crate) async fn stop(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<MedicineId>,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(body): Json<WithReason>,
) -> Result<Versioned<MedicineView>, Problem> {
    let reason = body.parse()?;
    let before = active(&state, &access, id, version).await?;
    let (doctor_id, doctor_name) = doctor(&access)?;
    let content = Medicine { stopped: true, doctor_id, doctor_name, ..before.content.clone() };
    let after = before.changed(author(&state, &access), Some(reason), content);
    let written = state.store.medicine_write(access.patient.id, Some(&before), None, |_| Ok(after.clone())).await.map_err(not_written)?;
    Ok(shown(written, &state))
}
