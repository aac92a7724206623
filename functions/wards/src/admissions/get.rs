//! `GET /patients/{patient_id}/admissions/{id}`: one stay of a patient.

use axum::extract::State;
use domain::id::{AdmissionId, PatientId};
use http::{AppState, Problem, Versioned, auth::NotHere};

use super::{AdmissionView, view};
use crate::authority::OfAdmission;

/// Read a stay
#[utoipa::path(get, path = "/patients/{patient_id}/admissions/{id}", tag = "stays", operation_id = "get_admission",
    params(("patient_id" = PatientId, Path), ("id" = AdmissionId, Path)),
    responses((status = 200, body = Versioned<AdmissionView>), NotHere))]
pub(crate) async fn get(State(state): State<AppState>, of: OfAdmission) -> Result<Versioned<AdmissionView>, Problem> {
    view(&of.admission, &state)
}
