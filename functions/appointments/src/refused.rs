//! The problem documents for what the hospital's rules and the table refuse. The matches are exhaustive, so a new rule needs a text
//! here.

use axum::http::StatusCode;
use domain::{
    appointment::{Refused, Status},
    availability::NotBookable,
    booking_limit::MOVES,
    doctor::Doctor,
    id::{AppointmentId, WaitId},
    instant::Instant,
    schedule::Slot,
};
use http::{AppState, FieldError, Problem, SlotView, refusals};
use jiff::Timestamp;
use platform::config::Hospital;
use store::{appointments::WriteError, bookings::Counted};

refusals! {
    pub(crate) TimeRefused {
        409 "doctor_unavailable",
        409 "doctor_away" { next_free: Vec<SlotView> },
        409 "slot_taken" { taken: SlotView, next_free: Vec<SlotView> },
        409 "already_booked" { appointment_id: AppointmentId },
        409 "held_for_you" { waiting_list_id: WaitId },
        409 "patient_busy" { wanted: SlotView },
        409 "day_full",
        422 "invalid_request" { errors: Vec<FieldError>, next_free: Option<Vec<SlotView>> },
        429 "too_many_changes",
    }
    pub(crate) ExtraRefused {
        409 "doctor_unavailable",
        409 "doctor_away" { next_free: Vec<SlotView> },
        409 "slot_taken" { taken: SlotView, next_free: Vec<SlotView> },
        409 "already_booked" { appointment_id: AppointmentId },
        409 "patient_busy" { wanted: SlotView },
        409 "day_full",
        409 "patient_deceased",
    }
    pub(crate) OfferNotBooked {
        409 "doctor_unavailable",
        409 "doctor_away" { next_free: Vec<SlotView> },
        409 "patient_busy" { wanted: SlotView },
        409 "day_full",
        429 "too_many_changes",
    }
    pub(crate) NotCounted {
        409 "too_many_open_appointments" { limit: u32 },
        409 "patient_deceased",
    }
    pub(crate) NotAhead {
        409 "wrong_status" { current_status: Status },
        409 "appointment_begun",
        409 "moved_too_often",
    }
    pub(crate) NotNow {
        409 "wrong_status" { current_status: Status },
        409 "too_early" { not_before: Instant },
        409 "too_late" { not_after: Instant },
    }
    pub(crate) NotUndone {
        409 "nothing_to_undo" { current_status: Status },
        409 "undone_too_often",
        409 "has_encounter",
        409 "too_late" { not_after: Instant },
    }
}

/// How many free slots to offer instead.
const OFFERED: usize = 3;

/// The refusal of a time that nobody could book.
pub(crate) async fn not_bookable(state: &AppState, doctor: &Doctor, start: Timestamp, why: NotBookable) -> Problem {
    let field = |code, detail: &str| Problem::invalid_field("starts_at", code, detail);
    match why {
        NotBookable::InThePast => field("in_the_past", "This time is in the past. Choose a later one."),
        NotBookable::TooFarAhead => {
            let detail = format!("This doctor can be booked at most {} days ahead. Choose an earlier time.", doctor.horizon_days);
            field("too_far_ahead", &detail)
        }
        NotBookable::Away => doctor_away(state, doctor, start).await,
        NotBookable::OnGrid => field(
            "on_grid",
            "This is one of the doctor's slots. Book it with `POST /appointments`, or choose another start for an extra one.",
        ),
        NotBookable::NotOnMark => field(
            "not_on_mark",
            "An extra appointment starts at a multiple of five minutes, and does not go past midnight. Choose another start, or fewer minutes.",
        ),
        NotBookable::OutsideHours => {
            offer(state, doctor, start, field("outside_working_hours", "The doctor does not work then. Choose one of their free slots."))
                .await
        }
        NotBookable::OffGrid => {
            offer(
                state,
                doctor,
                start,
                field("off_grid", "Appointments with this doctor start at other times. Choose one of their free slots."),
            )
            .await
        }
    }
}

/// The doctor is on leave at that time, or has blocked it.
pub(crate) async fn doctor_away(state: &AppState, doctor: &Doctor, start: Timestamp) -> Problem {
    let problem = Problem::conflict("doctor_away", "The doctor is away at that time. Choose one of the slots in `next_free`.");
    offer(state, doctor, start, problem).await
}

/// The doctor takes no appointments at any time.
pub(crate) fn doctor_unavailable() -> Problem {
    Problem::conflict("doctor_unavailable", "This doctor takes no appointments at present. Choose another doctor.")
}

/// The patient has reached a limit on bookings.
pub(crate) fn not_counted(why: Counted, email_confirmed: bool) -> Problem {
    let confirm = if email_confirmed { "" } else { " The limit is higher once you have confirmed your email address." };
    match why {
        Counted::TooManyOpen { limit, again_in } => {
            let detail = format!("You have {limit} upcoming appointments, which is the limit. Cancel one, or call the hospital.{confirm}");
            let problem = Problem::conflict("too_many_open_appointments", detail).with("limit", limit);
            again_in.into_iter().fold(problem, Problem::retry_after)
        }
        Counted::TooSoon { again_in } => {
            let detail = format!("You have booked or moved too many appointments. Try again later, or call the hospital.{confirm}");
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_changes", detail).retry_after(again_in)
        }
        Counted::Deceased => Problem::conflict("patient_deceased", "The patient has died, so nobody can book for them."),
        Counted::Allowed | Counted::Closed => Problem::forbidden("This account is closed, so it cannot book. Call the hospital to book."),
    }
}

/// The table refused the write, because another request was first.
pub(crate) async fn not_written(state: &AppState, doctor: &Doctor, slot: Slot, why: WriteError) -> Problem {
    match why {
        WriteError::OwnSlot(id) => {
            let problem = Problem::conflict("already_booked", "The patient already has this slot: see `appointment_id`.");
            problem.with("appointment_id", id)
        }
        WriteError::Offered(id) => {
            let detail = "This slot is held for the patient, who is on the waiting list. Accept the offer: see `waiting_list_id`.";
            Problem::conflict("held_for_you", detail).with("waiting_list_id", id)
        }
        WriteError::TooMany => {
            Problem::conflict("day_full", "Too many appointments were booked or moved for this patient on that day. Choose another day.")
        }
        WriteError::SlotTaken => {
            let problem = Problem::conflict("slot_taken", "Somebody else has this slot. Choose one of the slots in `next_free`.");
            // Begins after the taken slot, because a read at this moment may still show it as free.
            offer(state, doctor, slot.end, problem.with("taken", SlotView::of(slot, &state.hospital))).await
        }
        WriteError::PlanChanged => doctor_away(state, doctor, slot.start).await,
        WriteError::PatientBusy => Problem::conflict(
            "patient_busy",
            "The patient has another appointment at that time. Choose another time, or move the other appointment first.",
        )
        .with("wanted", SlotView::of(slot, &state.hospital)),
        WriteError::Stale => Problem::stale(),
        WriteError::HasEncounter => has_encounter(),
        WriteError::Store(error) => error.into(),
    }
}

/// A change of status that the table refused.
pub(crate) fn not_changed(why: WriteError) -> Problem {
    match why {
        WriteError::Store(error) => error.into(),
        WriteError::SlotTaken
        | WriteError::PlanChanged
        | WriteError::OwnSlot(_)
        | WriteError::Offered(_)
        | WriteError::PatientBusy
        | WriteError::TooMany
        | WriteError::Stale => Problem::stale(),
        WriteError::HasEncounter => has_encounter(),
    }
}

/// A change that the appointment's status or the clock does not allow.
pub(crate) fn refused(why: Refused, hospital: &Hospital) -> Problem {
    match why {
        Refused::Status { from } => {
            Problem::conflict("wrong_status", format!("The appointment is already `{from}`, so this cannot be done."))
                .with("current_status", from)
        }
        Refused::Begun => Problem::conflict(
            "appointment_begun",
            "The appointment has begun. It can still be completed or noted as a no-show, but no longer moved or cancelled.",
        ),
        Refused::TooEarly { not_before } => Problem::conflict("too_early", "It is too early for this. Wait until `not_before`.")
            .with("not_before", hospital.instant(not_before)),
        Refused::TooLate { not_after } => Problem::conflict("too_late", "It is too late for this. It was possible before `not_after`.")
            .with("not_after", hospital.instant(not_after)),
        Refused::MovedTooOften => Problem::conflict(
            "moved_too_often",
            format!("You have moved this appointment {MOVES} times. Cancel it, or call the hospital to move it again."),
        ),
        Refused::NothingToUndo { status } => {
            let detail = format!("The appointment is `{status}`. Only an arrival, a completion or a no-show can be taken back.");
            Problem::conflict("nothing_to_undo", detail).with("current_status", status)
        }
        Refused::UndoneTooOften => {
            Problem::conflict("undone_too_often", "Notes of this appointment were taken back ten times. Leave it as it is.")
        }
        Refused::SameSlot => {
            Problem::invalid_field("starts_at", "same_slot", "The appointment is already at this time. Choose another one.")
        }
    }
}

/// Adds the next free slots to a refusal. If they cannot be read, the refusal goes out with an empty list.
async fn offer(state: &AppState, doctor: &Doctor, from: Timestamp, problem: Problem) -> Problem {
    let free = state.store.doctor_next_free_slots(doctor, from, OFFERED, state.clock.now(), &state.hospital.zone).await.unwrap_or_default();
    problem.with("next_free", free.into_iter().map(|slot| SlotView::of(slot, &state.hospital)).collect::<Vec<_>>())
}

fn has_encounter() -> Problem {
    let detail = "The doctor has opened an encounter for this appointment, so the patient was here. If that is wrong, the doctor marks the \
        encounter as entered in error first.";
    Problem::conflict("has_encounter", detail)
}
