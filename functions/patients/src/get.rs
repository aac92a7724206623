//! `GET /patients/{id}`: a patient profile, for the patient, their doctors and the front desk.

use axum::extract::State;
use domain::{id::PatientId, policy::Relationship};
use http::{AppState, Problem, Versioned, auth::PatientAccess};
use jiff::ToSpan;

use crate::view::{PatientView, view};

/// Read a patient profile
///
/// Patients read their own profile, doctors the profiles of the patients they treat, and the front desk all profiles. Any other patient or
/// doctor gets 404. Only the patient and the front desk see the income. Only the front desk sees how many
/// appointments the patient missed.
#[utoipa::path(get, path = "/patients/{patient_id}", tag = "patients", operation_id = "get_patient", params(("patient_id" = PatientId, Path)),
    responses((status = 200, body = Versioned<PatientView>)))]
pub(crate) async fn get(State(state): State<AppState>, mut access: PatientAccess) -> Result<Versioned<PatientView>, Problem> {
    let at_front_desk = access.caller.may_without_relationship();
    if !at_front_desk && !access.relationships.contains(&Relationship::Own) {
        access.patient.income = None;
    }
    let (id, mut shown) = (access.patient.id, view(access.patient, &state.hospital));
    if at_front_desk {
        let a_year_ago = state.hospital.zone.to_datetime(state.clock.now()).date().saturating_sub(1.year());
        shown.body.missed_last_year = Some(state.store.appointments_missed(id, a_year_ago).await?);
    }
    Ok(shown)
}
