//! `POST /patients/{patient_id}/prescriptions/lab-tests/{id}/stop`: a lab test is no longer needed.

use axum::extract::State;
use domain::{
    id::{LabTestId, PatientId},
    record::prescription::{LabTest, LabTestStatus},
};
use http::{AppState, Json, Path, Problem, RequiredIfMatch, Versioned, auth::PatientAccess};

use super::{LabTestView, NotOpen, open};
use crate::{
    entries::{WithReason, author, doctor, shown},
    refused::{Busy, not_written},
};

/// Stop a lab test
///
/// As long as there is no result. The patient gets an email.
#[utoipa::path(post, path = "/patients/{patient_id}/prescriptions/lab-tests/{id}/stop", tag = "medical record", operation_id = "stop_lab_test",
    request_body = WithReason, params(("patient_id" = PatientId, Path), ("id" = LabTestId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<LabTestView>), NotOpen, Busy))]
pub(crate) async fn stop(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<LabTestId>,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(body): Json<WithReason>,
) -> Result<Versioned<LabTestView>, Problem> {
    let reason = body.parse()?;
    let before = open(&state, &access, id, version).await?;
    let (doctor_id, doctor_name) = doctor(&access)?;
    let content = LabTest { status: LabTestStatus::Stopped, doctor_id, doctor_name, ..before.content.clone() };
    let after = before.changed(author(&state, &access), Some(reason), content);
    state.store.lab_test_write(Some(&before), &after).await.map_err(not_written)?;
    Ok(shown(after, &state))
}
