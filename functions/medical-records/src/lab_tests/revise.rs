//! `PUT /patients/{patient_id}/prescriptions/lab-tests/{id}`: change a prescription.

use axum::extract::State;
use domain::{
    id::{LabTestId, PatientId},
    record::Entry,
};
use http::{AppState, Json, Path, Problem, RequiredIfMatch, Versioned, auth::PatientAccess};

use super::{LabTestBody, LabTestView, NotOpen, open};
use crate::{
    entries::{Revision, author, doctor, encounter, revision, shown},
    refused::{Busy, NoRoom, PatientDied, not_written},
};

/// Revise the prescription of a lab test
///
/// Writes a new version, as long as there is no result. The patient gets an email.
#[utoipa::path(put, path = "/patients/{patient_id}/prescriptions/lab-tests/{id}", tag = "medical record", operation_id = "revise_lab_test",
    request_body = Revision<LabTestBody>, params(("patient_id" = PatientId, Path), ("id" = LabTestId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<LabTestView>), NotOpen, PatientDied, NoRoom, Busy))]
pub(crate) async fn revise(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<LabTestId>,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(body): Json<Revision<LabTestBody>>,
) -> Result<Versioned<LabTestView>, Problem> {
    let doctor = doctor(&access)?;
    let (reason, (encounter_id, test)) = revision(body, |body, fields| body.parse(fields, doctor))?;
    let before = open(&state, &access, id, version).await?;
    let encounter_id = encounter(&state, access.patient.id, encounter_id).await?;
    let after = Entry { encounter_id, ..before.changed(author(&state, &access), Some(reason), test) };
    state.store.lab_test_write(Some(&before), &after).await.map_err(not_written)?;
    Ok(shown(after, &state))
}
