//! `PUT /patients/{patient_id}/diagnoses/{id}`: a new version.

use axum::extract::State;
use domain::id::{DiagnosisId, PatientId};
use http::{AppState, Json, Path, Problem, RequiredIfMatch, Versioned, auth::PatientAccess};

use super::{Diagnosis, DiagnosisBody, DiagnosisView};
use crate::{
    entries::{self, Revision},
    refused::{Busy, NoRoom},
};

/// Change a diagnosis
///
/// Writes a new version. The earlier one stays in the entry's history.
#[utoipa::path(put, path = "/patients/{patient_id}/diagnoses/{id}", tag = "medical record", operation_id = "change_diagnosis",
    request_body = Revision<DiagnosisBody>, params(("patient_id" = PatientId, Path), ("id" = DiagnosisId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<DiagnosisView>), NoRoom, Busy))]
pub(crate) async fn change(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<DiagnosisId>,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(revision): Json<Revision<DiagnosisBody>>,
) -> Result<Versioned<DiagnosisView>, Problem> {
    let (reason, (encounter, content)) = entries::revision(revision, |body, fields| body.parse(fields, &access, &state))?;
    let before = entries::to_change::<Diagnosis>(&state, &access, id, version).await?;
    let encounter = entries::encounter(&state, access.patient.id, encounter).await?;
    entries::change(&state, &access, &before, reason, encounter, content).await
}
