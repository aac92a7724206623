//! `GET /patients/{id}`: a patient profile, for the patient, their doctors and the front desk.

use axum::extract::State;
use domain::{id::PatientId, policy::Relationship};
use http::{AppState, Versioned, auth::PatientAccess};

use crate::view::{PatientView, view};

/// Read a patient profile
///
/// Patients read their own profile, doctors the profiles of the patients they treat, and the front desk all profiles. Any other patient or
/// doctor gets 404. Only the patient and the front desk see the income.
#[utoipa::path(get, path = "/patients/{patient_id}", tag = "patients", operation_id = "get_patient", params(("patient_id" = PatientId, Path)),
    responses((status = 200, body = Versioned<PatientView>)))]
pub(crate) async fn get(State(state): State<AppState>, mut access: PatientAccess) -> Versioned<PatientView> {
    if !access.caller.may_without_relationship() && !access.relationships.contains(&Relationship::Own) {
        access.patient.income = None;
    }
    view(access.patient, &state.hospital)
}
