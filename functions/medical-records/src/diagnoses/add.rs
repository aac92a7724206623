//! `POST /patients/{patient_id}/diagnoses`: write a new one.

use axum::extract::State;
use domain::id::{DiagnosisId, PatientId};
use http::{AppState, Created, Json, Problem, auth::PatientAccess};

use super::{DiagnosisBody, DiagnosisView};
use crate::{
    entries,
    refused::{Busy, NoRoom},
};

/// Write a diagnosis
///
/// An active diagnosis is in the summary of the record at once.
#[utoipa::path(post, path = "/patients/{patient_id}/diagnoses", tag = "medical record", operation_id = "add_diagnosis",
    request_body = DiagnosisBody, params(("patient_id" = PatientId, Path)),
    responses((status = 201, body = Created<DiagnosisView>, description = "Written"), NoRoom, Busy))]
pub(crate) async fn add(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(body): Json<DiagnosisBody>,
) -> Result<Created<DiagnosisView>, Problem> {
    let (encounter, content) = entries::content(body, |body, fields| body.parse(fields, &access, &state))?;
    let encounter = entries::encounter(&state, access.patient.id, encounter).await?;
    let id = DiagnosisId::new(state.clock.now(), state.random.u128()?);
    entries::add(&state, &access, id, encounter, content).await
}
