//! `PUT /patients/{patient_id}/results/{id}`: a new version.

use axum::extract::State;
use domain::id::{LabResultId, PatientId};
use http::{AppState, Json, Path, Problem, RequiredIfMatch, Versioned, auth::PatientAccess};

use super::{LabResult, OfALaboratory, ResultBody, ResultView, must_not_be_of_laboratory, settled};
use crate::{
    entries::{self, Revision, author, encounter, revision, to_change},
    refused::Busy,
};

/// Correct a result
///
/// Writes a new version, which waits for the doctor again. The earlier one stays in the entry's history.
#[utoipa::path(put, path = "/patients/{patient_id}/results/{id}", tag = "medical record", operation_id = "change_result",
    request_body = Revision<ResultBody>, params(("patient_id" = PatientId, Path), ("id" = LabResultId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<ResultView>), OfALaboratory, Busy))]
pub(crate) async fn change(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<LabResultId>,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(body): Json<Revision<ResultBody>>,
) -> Result<Versioned<ResultView>, Problem> {
    let (reason, (encounter_id, content)) = revision(body, |body, fields| body.parse(fields, &access, &state))?;
    let before = to_change::<LabResult>(&state, &access, id, version).await?;
    must_not_be_of_laboratory(&before.content)?;
    if content.lab_test_id.is_some_and(|id| Some(id) != before.content.lab_test_id) {
        let detail = "A result stays that of its prescription. Mark it as entered in error, and write it anew.";
        return Err(Problem::invalid_field("content.lab_test_id", "cannot_change", detail));
    }
    let encounter_id = encounter(&state, access.patient.id, encounter_id).await?;
    let (lab_test_id, doctor_id) = (before.content.lab_test_id, content.doctor_id.or(before.content.doctor_id));
    let content = settled(LabResult { lab_test_id, doctor_id, ..content }, &author(&state, &access), &state, &access).await?;
    entries::change(&state, &access, &before, reason, encounter_id, content).await
}
