//! `POST /patients/{patient_id}/prescription-requests`: a patient asks for a prescription or a refill.

use axum::extract::State;
use domain::{
    id::{DoctorId, MedicineId, PatientId, RequestId},
    record::{
        Entry,
        prescription::Medicine,
        request::{PrescriptionRequest, RequestStatus},
    },
    text::Reason,
};
use http::{AppState, Created, Fields, Json, Problem, auth::PatientAccess, refusals};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;

use super::RequestView;
use crate::{
    entries::{author, created},
    refused::{Busy, NoRoom, PatientDied, not_written},
};

refusals! {
    pub(crate) NotAsked {
        409 "not_treating",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestPrescriptionRequest {
    /// The doctor to ask: one who treats the patient. For a refill it may be left out; then it is the doctor who prescribed.
    #[schema(value_type = Option<DoctorId>)]
    doctor_id: Option<String>,
    /// The prescription to refill. Leave it out to ask for something new.
    #[schema(value_type = Option<MedicineId>)]
    refill_of: Option<String>,
    /// What is asked for, and why.
    #[schema(value_type = Reason)]
    what: Option<String>,
}

/// How many requests a patient can send within a day.
const A_DAY: usize = 20;

/// Request a prescription or a refill
///
/// A doctor who treats the patient gets an email and sees the request on their dashboard. The patient gets an email with the answer. At most
/// ten requests wait at a time, and at most 20 are sent within 24 hours.
#[utoipa::path(post, path = "/patients/{patient_id}/prescription-requests", tag = "medical record", operation_id = "request_prescription",
    request_body = RequestPrescriptionRequest, params(("patient_id" = PatientId, Path)),
    responses((status = 201, body = Created<RequestView>, description = "Asked"), NotAsked, PatientDied, NoRoom, Busy))]
pub(crate) async fn ask(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(request): Json<RequestPrescriptionRequest>,
) -> Result<Created<RequestView>, Problem> {
    let mut fields = Fields::default();
    let doctor = fields.optional("doctor_id", request.doctor_id, |id| id.parse::<DoctorId>());
    let refill_of = fields.optional("refill_of", request.refill_of, |id| id.parse::<MedicineId>());
    let what = fields.required("what", request.what, |text| Reason::parse(&text));
    let (Some(doctor), Some(refill_of), Some(what)) = (doctor, refill_of, what) else { return Err(fields.problem()) };
    let patient = &access.patient;
    must_not_flood(&state, patient.id).await?;
    let prescriber = match refill_of {
        Some(id) => {
            let unknown = || Problem::invalid_field("refill_of", "unknown_prescription", "The patient has no such prescription.");
            let found = state.store.record_entry::<Medicine>(patient.id, id).await?;
            Some(found.filter(|medicine| !medicine.in_error).ok_or_else(unknown)?.content.doctor_id)
        }
        None => None,
    };
    let missing = || Problem::invalid_field("doctor_id", "required", "Name the doctor to ask.");
    let doctor_id = doctor.or(prescriber).ok_or_else(missing)?;
    let unknown = || Problem::invalid_field("doctor_id", "unknown_doctor", "There is no such doctor here.");
    let doctor = state.store.doctor(doctor_id).await?.ok_or_else(unknown)?;
    if !state.store.patient_is_treated_by(doctor_id, patient.id, state.clock.now(), &state.hospital.zone).await? {
        let detail = "This doctor does not treat the patient any more. Ask another one, or book an appointment.";
        return Err(Problem::conflict("not_treating", detail));
    }
    let (id, author) = (RequestId::new(state.clock.now(), state.random.u128()?), author(&state, &access));
    let content = PrescriptionRequest {
        doctor_id,
        doctor_name: doctor.name,
        patient_name: patient.name.clone(),
        refill_of,
        what,
        asked_at: author.at,
        status: RequestStatus::Open,
        prescription_id: None,
        answer: None,
    };
    let entry = Entry::new(id, patient.id, None, author, content);
    state.store.request_ask(&entry).await.map_err(not_written)?;
    Ok(created(entry, &state))
}

/// Every request is an email to a doctor, also one that is withdrawn. Requests at the same moment may be a few more: how many can wait is
/// what the summary holds.
async fn must_not_flood(state: &AppState, patient: PatientId) -> Result<(), Problem> {
    let latest = state.store.record_list::<PrescriptionRequest>(patient, None, A_DAY).await?;
    let a_day_ago = state.clock.now().saturating_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
    if latest.len() < A_DAY || latest.last().is_none_or(|oldest| oldest.content.asked_at <= a_day_ago) {
        return Ok(());
    }
    let detail = format!("{A_DAY} requests were sent in the last 24 hours. Wait, or call the hospital.");
    Err(Problem::conflict("too_many", detail).with("at_most", A_DAY))
}
