//! `POST /patients/{patient_id}/encounters`: a clinical contact begins.

use axum::extract::State;
use domain::{
    id::{AppointmentId, EncounterId, PatientId},
    record::{
        Entry,
        encounter::{EncounterClass, is_held},
    },
};
use http::{AppState, Created, Fields, Json, Problem, auth::PatientAccess, refusals};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Encounter, EncounterNote, EncounterView};
use crate::{
    entries::{author, created, doctor},
    refused::{Busy, NotHeld, not_written},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenEncounterRequest {
    #[schema(value_type = EncounterClass)]
    class: Option<String>,
    /// The appointment that is being held. Every outpatient encounter has one: somebody who comes without gets an extra appointment first.
    #[schema(value_type = Option<AppointmentId>)]
    appointment_id: Option<String>,
}

refusals! {
    pub(crate) NotYours {
        403 "not_your_appointment",
    }
}

/// Open an encounter
///
/// With its appointment, once the patient has arrived. An appointment has one encounter. Its note is an empty draft: write it, then sign.
#[utoipa::path(post, path = "/patients/{patient_id}/encounters", tag = "medical record", operation_id = "open_encounter",
    request_body = OpenEncounterRequest, params(("patient_id" = PatientId, Path)),
    responses((status = 201, body = Created<EncounterView>, description = "Opened"), NotHeld, NotYours, Busy))]
pub(crate) async fn open(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(request): Json<OpenEncounterRequest>,
) -> Result<Created<EncounterView>, Problem> {
    let mut fields = Fields::default();
    let class = fields.required("class", request.class, |text| EncounterClass::parse(&text));
    let appointment = fields.optional("appointment_id", request.appointment_id, |id| id.parse::<AppointmentId>());
    let (Some(class), Some(appointment_id)) = (class, appointment) else { return Err(fields.problem()) };
    match (class, appointment_id) {
        (EncounterClass::Outpatient, None) => {
            fields.refuse("appointment_id", "required", "An outpatient encounter belongs to an appointment.");
        }
        (EncounterClass::Emergency | EncounterClass::Inpatient, Some(_)) => {
            fields.refuse("appointment_id", "outpatients_only", "Only an outpatient encounter belongs to an appointment. Leave it out.");
        }
        _ => {}
    }
    if !fields.is_empty() {
        return Err(fields.problem());
    }
    let (doctor_id, doctor_name) = doctor(&access)?;
    if let Some(id) = appointment_id {
        must_be_held(&state, &access, id).await?;
    }
    let (id, author) = (EncounterId::new(state.clock.now(), state.random.u128()?), author(&state, &access));
    let content = Encounter { class, appointment_id, doctor_id, doctor_name, started_at: author.at, signed_at: None };
    let encounter = Entry::new(id, access.patient.id, None, author.clone(), content);
    let note = Entry::new(id, access.patient.id, Some(id), author, EncounterNote::default());
    state.store.encounter_open(&encounter, &note).await.map_err(not_written)?;
    Ok(created(encounter, &state))
}

/// The appointment is the patient's and the doctor's, and the patient has arrived. Whether it still is so is checked when the encounter is
/// written.
async fn must_be_held(state: &AppState, access: &PatientAccess, id: AppointmentId) -> Result<(), Problem> {
    let unknown = || Problem::invalid_field("appointment_id", "unknown_appointment", "The patient has no such appointment.");
    let appointment = state.store.appointment(id).await?.filter(|found| found.patient_id == access.patient.id).ok_or_else(unknown)?;
    if access.caller.doctor_id != Some(appointment.doctor_id) {
        return Err(Problem::forbidden("This appointment is with another doctor.").coded("not_your_appointment"));
    }
    if is_held(&appointment) { Ok(()) } else { Err(not_written(store::medical_record::RecordError::NotHeld(id))) }
}
