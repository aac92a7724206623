//! `GET /patients/{patient_id}/diagnoses/{id}`: one of them, as it is now.

use axum::extract::State;
use domain::id::{DiagnosisId, PatientId};
use http::{AppState, Path, Problem, Versioned, auth::PatientAccess};

use super::{Diagnosis, DiagnosisView};
use crate::entries;

/// Read a diagnosis
#[utoipa::path(get, path = "/patients/{patient_id}/diagnoses/{id}", tag = "medical record", operation_id = "get_diagnosis",
    params(("patient_id" = PatientId, Path), ("id" = DiagnosisId, Path)), responses((status = 200, body = Versioned<DiagnosisView>)))]
pub(crate) async fn get(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<DiagnosisId>,
) -> Result<Versioned<DiagnosisView>, Problem> {
    Ok(entries::shown(entries::load::<Diagnosis>(&state, &access, id).await?, &state))
}
