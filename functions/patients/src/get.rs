//! `GET /patients/{id}`: a patient's record, for the patient, their doctors and the front desk.

use axum::extract::State;
use domain::{id::PatientId, policy::Relationship};
use http::{AppState, Versioned, auth::PatientAccess};

use crate::view::{PatientView, view};

/// Read a patient's record
///
/// Patients read their own, doctors those of the patients they treat, the front desk everyone's. For anybody else it does not exist.
/// The income is for the patient and the front desk.
#[utoipa::path(get, path = "/patients/{patient_id}", tag = "patients", operation_id = "get_patient", params(("patient_id" = PatientId, Path)),
    responses((status = 200, body = Versioned<PatientView>)))]
pub(crate) async fn get(State(state): State<AppState>, mut access: PatientAccess) -> Versioned<PatientView> {
    if !access.caller.may_always() && !access.relationships.contains(&Relationship::Own) {
        access.patient.income = None;
    }
    view(access.patient, &state.hospital)
}
