//! `POST /waiting-list`: wait for a slot.

use axum::extract::State;
use domain::{
    availability::DoctorDay,
    doctor::HORIZON_DAYS,
    id::{DoctorId, PatientId, WaitId},
    patient::parse_date,
    text::{Reason, Specialization},
    waiting::{LONGEST_SPAN_DAYS, PLACES, State as WaitState, Target, Wait},
};
use http::{AppState, Created, Fields, Json, Problem, auth::Caller, refusals};
use jiff::{ToSpan, civil::Date};
use serde::Deserialize;
use store::waiting::WaitError;
use utoipa::ToSchema;

use super::{WaitView, view};
use crate::{
    authority::{booked_for, named_patient},
    refused::doctor_unavailable,
};

refusals! {
    pub(crate) NotJoined {
        409 "already_waiting" { waiting_list_id: WaitId },
        409 "too_many_waits" { limit: u8 },
        409 "confirm_email_first",
        409 "doctor_unavailable",
        409 "patient_deceased",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JoinWaitingListRequest {
    /// Wait for this doctor. Name a doctor or a specialization, not both.
    #[schema(value_type = Option<DoctorId>)]
    doctor_id: Option<String>,
    /// Wait for any doctor of this specialization.
    #[schema(value_type = Option<Specialization>)]
    specialization: Option<String>,
    /// The first day on which an appointment is wanted, in the hospital's time zone. Today when left out.
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last day, included: at most thirty days after the first, and at most 180 days from now.
    #[schema(value_type = String, format = Date)]
    to: Option<String>,
    /// Why the patient comes, in their own words.
    #[schema(value_type = Reason)]
    reason: Option<String>,
    /// The patient, when the front desk or a guardian asks. Patients who wait for themselves leave it out.
    #[schema(value_type = Option<PatientId>)]
    patient_id: Option<String>,
}

struct Parsed {
    doctor: Option<DoctorId>,
    specialization: Option<Specialization>,
    from: Date,
    to: Date,
    reason: Reason,
    patient_id: PatientId,
}

/// Join the waiting list
///
/// When a slot is free or frees up that begins in at least ninety minutes, the first who fits gets an email with an offer. It holds the slot
/// for two hours; one that is made in the evening or at night holds it until 10:00 in the morning. No offer lasts longer than to one hour
/// before the slot. Then the next one gets it. If no email reaches the patient, the receptionist on duty is asked to call. What a doctor
/// cancels is not offered. A patient can wait in five places at a time, once for each doctor and specialization.
#[utoipa::path(post, path = "/waiting-list", tag = "waiting list", operation_id = "join_waiting_list", request_body = JoinWaitingListRequest,
    responses((status = 201, body = Created<WaitView>, description = "Waiting"), NotJoined))]
pub(crate) async fn join(
    State(state): State<AppState>,
    caller: Caller,
    Json(request): Json<JoinWaitingListRequest>,
) -> Result<Created<WaitView>, Problem> {
    let now = state.clock.now();
    let asked = request.parse(&caller, state.today())?;
    let patient = booked_for(&state, &caller, asked.patient_id).await?;
    if patient.deceased.is_some() {
        return Err(Problem::conflict("patient_deceased", "The patient has died, so nobody can book for them."));
    }
    if !caller.may_without_relationship() && !caller.email_confirmed {
        return Err(Problem::conflict(
            "confirm_email_first",
            "Offers come by email. Confirm your email address first, or call the hospital.",
        ));
    }
    let target = target(&state, &asked).await?;
    let wait = Wait {
        id: WaitId::new(now, state.random.u128()?),
        patient_id: patient.id,
        patient_name: patient.name,
        patient_mrn: patient.mrn,
        target,
        from: asked.from,
        to: asked.to,
        reason: asked.reason,
        since: now,
        state: WaitState::Waiting,
        not_taken: Vec::new(),
        place: 0,
        version: 1,
    };
    let over_at = state.hospital.midnight(wait.to.saturating_add(1.day()));
    let wait = state.store.wait_begin(wait, over_at, now, &state.hospital.zone).await.map_err(not_joined)?;
    let (location, shown) = (format!("/waiting-list/{}", wait.id), view(wait, &state));
    Ok(Created { location, version: shown.version, body: shown.body })
}

/// Which doctors' slots are waited for. There must be a doctor.
async fn target(state: &AppState, asked: &Parsed) -> Result<Target, Problem> {
    match (asked.doctor, asked.specialization.clone()) {
        (Some(id), None) => {
            let unknown = || Problem::invalid_field("doctor_id", "unknown", "There is nobody with this id.");
            let doctor = state.store.doctor(id).await?.ok_or_else(unknown)?;
            if !state.store.doctor_takes_appointments(&doctor).await? {
                return Err(doctor_unavailable());
            }
            let (special, plain) = (state.store.doctor_days(id, (asked.from, asked.to)).await?, DoctorDay::default());
            let mut days = asked.from.series(1.day()).take_while(|day| *day <= asked.to);
            if !days.any(|day| !doctor.slots_on(day, special.get(&day).unwrap_or(&plain), &state.hospital.zone).is_empty()) {
                let detail = "The doctor does not work on any of these days. Choose other days.";
                return Err(Problem::invalid_field("to", "outside_working_hours", detail));
            }
            Ok(Target::Doctor { id, name: doctor.name })
        }
        (None, Some(specialization)) => {
            if state.store.doctor_list(Some(&specialization), None, 1).await?.is_empty() {
                return Err(Problem::invalid_field("specialization", "unknown", "No doctor here has this specialization."));
            }
            Ok(Target::Specialization(specialization))
        }
        _ => Err(Problem::invalid_field("doctor_id", "one_of", "Name a doctor or a specialization, not both.")),
    }
}

fn not_joined(why: WaitError) -> Problem {
    match why {
        WaitError::Waits(id) => {
            let detail = "The patient is on this waiting list already: see `waiting_list_id`. Leave it first to change the days.";
            Problem::conflict("already_waiting", detail).with("waiting_list_id", id)
        }
        WaitError::NoPlace => {
            let detail = format!("The patient is on {PLACES} waiting lists, which is the limit. Leave one first.");
            Problem::conflict("too_many_waits", detail).with("limit", PLACES)
        }
        WaitError::Store(error) => error.into(),
    }
}

impl JoinWaitingListRequest {
    fn parse(self, caller: &Caller, today: Date) -> Result<Parsed, Problem> {
        let mut fields = Fields::default();
        let doctor = fields.optional("doctor_id", self.doctor_id, |text| text.parse());
        let specialization = fields.optional("specialization", self.specialization, |text| Specialization::parse(&text));
        let from = fields.optional("from", self.from, |text| parse_date(&text)).map(|from| from.unwrap_or(today));
        let to = fields.required("to", self.to, |text| parse_date(&text));
        let reason = fields.required("reason", self.reason, |text| Reason::parse(&text));
        let patient_id = named_patient(&mut fields, self.patient_id, caller)?;
        if let (Some(doctor), Some(specialization)) = (&doctor, &specialization)
            && doctor.is_some() == specialization.is_some()
        {
            fields.refuse("doctor_id", "one_of", "Name a doctor or a specialization, not both.");
        }
        if let (Some(from), Some(to)) = (from, to) {
            let horizon = today.saturating_add(i32::from(HORIZON_DAYS).days());
            if from < today {
                fields.refuse("from", "in_the_past", "This day is over. Choose a later one.");
            } else if to < from {
                fields.refuse("to", "before_from", "Choose a last day that is not before the first day.");
            } else if to > from.saturating_add((LONGEST_SPAN_DAYS - 1).days()) {
                fields.refuse("to", "range_too_long", format!("Wait for at most {LONGEST_SPAN_DAYS} days."));
            } else if to > horizon {
                fields.refuse("to", "too_far_ahead", "Wait for days within 180 days from now.");
            } else {
                let all = (doctor, specialization, reason, patient_id);
                if let (Some(doctor), Some(specialization), Some(reason), Some(patient_id)) = all
                    && doctor.is_some() != specialization.is_some()
                {
                    return Ok(Parsed { doctor, specialization, from, to, reason, patient_id });
                }
            }
        }
        Err(fields.problem())
    }
}
