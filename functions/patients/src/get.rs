//! `GET /patients/{id}`: a patient profile, for the patient, their doctors and the front desk.

use axum::extract::State;
use domain::id::PatientId;
use http::{AppState, Problem, Versioned, auth::PatientAccess};
use jiff::ToSpan;

use crate::view::{PatientView, view_for};

/// Read a patient profile
///
/// Patients read their own profile, doctors the profiles of the patients they treat, and the front desk all profiles. Any other patient or
/// doctor gets 404. Only the patient and the front desk see the income. Only the front desk sees how many
/// appointments the patient missed.
#[utoipa::path(get, path = "/patients/{patient_id}", tag = "patients", operation_id = "get_patient", params(("patient_id" = PatientId, Path)),
    responses((status = 200, body = Versioned<PatientView>)))]
pub(crate) async fn get(State(state): State<AppState>, access: PatientAccess) -> Result<Versioned<PatientView>, Problem> {
    let (id, mut shown) = (access.patient.id, view_for(&access.caller, access.patient, &state.hospital));
    if access.caller.may_without_relationship() {
        let a_year_ago = state.today().saturating_sub(1.year());
        shown.body.missed_last_year = Some(state.store.appointments_missed(id, a_year_ago).await?);
    }
    Ok(shown)
}
