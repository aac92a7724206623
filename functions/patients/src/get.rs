//! `GET /patients/{id}`: a patient's record, for the patient and the front desk.

use axum::extract::State as Extract;
use domain::id::PatientId;
use shared::{
    State,
    auth::Caller,
    http::{Path, Problem, Refusals, Versioned},
};

use crate::view::{PatientView, view};

/// Read a patient's record
///
/// Patients read their own, the front desk everyone's. For anybody else it does not exist.
#[utoipa::path(get, path = "/patients/{id}", tag = "patients", params(("id" = String, Path)),
    responses((status = 200, body = PatientView), Refusals))]
pub(crate) async fn get(
    Extract(state): Extract<State>,
    caller: Caller,
    Path(id): Path<PatientId>,
) -> Result<Versioned<PatientView>, Problem> {
    let missing = || Problem::not_found("patient");
    if !caller.may(caller.relationship_to(id, None)) {
        return Err(missing());
    }
    let patient = state.store.patient(id).await?.ok_or_else(missing)?;
    Ok(view(patient, &state.house))
}
