//! The waiting list: wait for a slot, and take, decline or leave what is offered. `domain::waiting` decides what is allowed, and
//! `notifications` makes the offers.

pub(crate) mod accept;
mod access;
pub(crate) mod decline;
pub(crate) mod get;
pub(crate) mod join;
pub(crate) mod leave;
pub(crate) mod list;

use domain::{
    id::{AppointmentId, DoctorId, WaitId},
    instant::Instant,
    schedule::Slot,
    text::{PersonName, Reason, Specialization},
    waiting::{Ending, Refused, State, StateName, Target, Wait},
};
use http::{AppState, IfMatch, Problem, Versioned, refusals};
use jiff::civil::Date;
use serde::Serialize;
use store::appointments::WriteError;
use utoipa::ToSchema;

use crate::view::PersonRef;

/// A patient's wait for a slot.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WaitView {
    id: WaitId,
    patient: PersonRef,
    /// The doctor, when the patient waits for one doctor.
    #[serde(skip_serializing_if = "Option::is_none")]
    doctor: Option<DoctorName>,
    /// The specialization, when any doctor of it will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    specialization: Option<Specialization>,
    /// The first day on which an appointment is wanted.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The last one.
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// Why the patient comes, in their own words.
    reason: Reason,
    since: Instant,
    state: StateName,
    /// The slot that is held for the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<OfferView>,
    /// The appointment that came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    appointment_id: Option<AppointmentId>,
    /// Why it is over without an appointment.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_because: Option<Ending>,
}

#[derive(Debug, Serialize, ToSchema)]
struct OfferView {
    doctor: DoctorName,
    starts_at: Instant,
    ends_at: Instant,
    /// Until when the slot is held for the patient. Then the next one who waits gets it.
    held_until: Instant,
}

#[derive(Debug, Serialize, ToSchema)]
struct DoctorName {
    id: DoctorId,
    name: PersonName,
}

/// A wait as it is now, for an answer. `wait` is what is stored.
pub(crate) fn view(wait: Wait, state: &AppState) -> Versioned<WaitView> {
    let (version, hospital) = (wait.version, &state.hospital);
    let wait = wait.at(state.clock.now(), &hospital.zone);
    let (doctor, specialization) = match wait.target {
        Target::Doctor { id, name } => (Some(DoctorName { id, name }), None),
        Target::Specialization(specialization) => (None, Some(specialization)),
    };
    let name = wait.state.name();
    let (offer, appointment_id, ended_because) = match wait.state {
        State::Waiting => (None, None, None),
        State::Offered(offer) => {
            let Slot { start, end } = offer.slot;
            let doctor = DoctorName { id: offer.doctor_id, name: offer.doctor_name };
            let [starts_at, ends_at, held_until] = [start, end, offer.until].map(|at| hospital.instant(at));
            (Some(OfferView { doctor, starts_at, ends_at, held_until }), None, None)
        }
        State::Booked { appointment_id } => (None, Some(appointment_id), None),
        State::Ended { because } => (None, None, Some(because)),
    };
    let body = WaitView {
        id: wait.id,
        patient: PersonRef::new(wait.patient_id, wait.patient_mrn, wait.patient_name),
        doctor,
        specialization,
        from: wait.from,
        to: wait.to,
        reason: wait.reason,
        since: hospital.instant(wait.since),
        state: name,
        offer,
        appointment_id,
        ended_because,
    };
    Versioned { version, body }
}

refusals! {
    pub(crate) NoOffer {
        409 "no_offer" { state: StateName },
    }
    pub(crate) Over {
        409 "wait_over" { state: StateName },
    }
}

fn refused(why: Refused) -> Problem {
    match why {
        Refused::NoOffer(state) => {
            let detail = match state {
                StateName::Booked => "The offer has been taken.",
                StateName::Waiting | StateName::Ended | StateName::Offered => {
                    "No slot is held for the patient now. If there was an offer, it has ended."
                }
            };
            Problem::conflict("no_offer", detail).with("state", state)
        }
        Refused::Over(state) => Problem::conflict("wait_over", "The patient no longer waits.").with("state", state),
    }
}

/// Changes a wait from what it is now.
async fn change(
    state: &AppState,
    before: Wait,
    if_match: IfMatch,
    change: impl FnOnce(Wait) -> Result<Wait, Refused>,
) -> Result<Versioned<WaitView>, Problem> {
    if_match.check(before.version)?;
    let now = state.clock.now();
    let after = change(before.clone().at(now, &state.hospital.zone)).map_err(refused)?;
    match state.store.wait_change(&before, &after, 0, now, &state.hospital.zone).await {
        Ok(()) => Ok(view(after, state)),
        Err(WriteError::Store(error)) => Err(error.into()),
        Err(_) => Err(Problem::stale()),
    }
}
