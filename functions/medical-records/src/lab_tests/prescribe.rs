//! `POST /patients/{patient_id}/prescriptions/lab-tests`: prescribe a lab test.

use axum::extract::State;
use domain::{
    id::{LabTestId, PatientId},
    record::Entry,
};
use http::{AppState, Created, Json, Problem, auth::PatientAccess};

use super::{LabTestBody, LabTestView};
use crate::{
    entries::{author, content, created, doctor, encounter},
    refused::{Busy, NoRoom, PatientDied, not_written},
};

/// Prescribe a lab test
///
/// The patient gets an email that does not name the test. The result waits for you on your dashboard.
#[utoipa::path(post, path = "/patients/{patient_id}/prescriptions/lab-tests", tag = "medical record", operation_id = "prescribe_lab_test",
    request_body = LabTestBody, params(("patient_id" = PatientId, Path)),
    responses((status = 201, body = Created<LabTestView>, description = "Prescribed"), PatientDied, NoRoom, Busy))]
pub(crate) async fn prescribe(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(body): Json<LabTestBody>,
) -> Result<Created<LabTestView>, Problem> {
    let doctor = doctor(&access)?;
    let (encounter_id, test) = content(body, |body, fields| body.parse(fields, doctor))?;
    let encounter_id = encounter(&state, access.patient.id, encounter_id).await?;
    let id = LabTestId::new(state.clock.now(), state.random.u128()?);
    let entry = Entry::new(id, access.patient.id, encounter_id, author(&state, &access), test);
    state.store.lab_test_write(None, &entry).await.map_err(not_written)?;
    Ok(created(entry, &state))
}
