//! `GET /patients/me`: the caller's own patient profile.

use axum::extract::State;
use http::{AppState, Problem, Versioned, auth::AsPatient};

use crate::view::{PatientView, view};

/// Read your own patient profile
#[utoipa::path(get, path = "/patients/me", tag = "patients", operation_id = "get_own_patient", responses((status = 200, body = Versioned<PatientView>)))]
pub(crate) async fn me(State(state): State<AppState>, AsPatient(id): AsPatient) -> Result<Versioned<PatientView>, Problem> {
    let patient = state.store.patient(id).await?.ok_or_else(|| Problem::not_found("patient profile"))?;
    Ok(view(patient, &state.hospital))
}
