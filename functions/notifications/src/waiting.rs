//! The waiting list: who waits gets an offer as soon as a slot fits, and whoever gets one is told.
//!
//! Everything here may run twice, late or at the same time as something else. What counts is the wait as it is now, and the slot's own
//! guard: of several offers and bookings of a slot, one is written.

use domain::{
    appointment::{Appointment, CancelledBy, Status},
    doctor::Doctor,
    id::{DoctorId, PatientId, WaitId},
    patient::Patient,
    schedule::Slot,
    waiting::{Ending, Offer, State, Target, Wait, held_until},
};
use jiff::{Timestamp, ToSpan, civil::Date};
use mail::{MailError, ToTell, emails::waiting as emails};
use store::{StoreError, appointments::WriteError};

use crate::{Failure, Notifications};

/// How many lines of a queue are read at once.
const AT_ONCE: usize = 25;
/// How many lines of a queue are looked at for one slot. Whoever stands further back gets a later one.
const LOOKED_AT: usize = 200;
/// How often an offer is tried when others change the same waits.
const TRIES: usize = 8;
/// At how many doctors of a specialization somebody's slot is looked for.
const DOCTORS: usize = 30;
/// On how many days of other time it is offered, and how many slots of each: the rest is found by those who look for it.
const DAYS_LOOKED_AT: i32 = 31;
const SLOTS_A_DAY: usize = 24;

/// A wait has begun or changed.
pub(crate) async fn follow(state: &Notifications, before: Option<&Wait>, after: &Wait) -> Result<(), Failure> {
    let Some(current) = state.base.store.wait(after.id).await? else { return Ok(()) };
    state.reminders.follow_offer(&current, state.base.clock.now()).await?;
    // The slot first: an email may have to be sent again, and the next one who waits must not wait for it.
    if let Some(State::Offered(earlier)) = before.map(|before| &before.state)
        && after.state != State::Offered(earlier.clone())
        && !matches!(after.state, State::Booked { .. })
    {
        slot_freed(state, earlier.doctor_id, earlier.slot.start, Some(after.patient_id)).await?;
    }
    match &after.state {
        State::Offered(offer) if current.state == after.state => tell(state, &current, offer).await,
        // A slot may have been free before the wait began, or freed up while something else was offered.
        State::Waiting => look_for_slot(state, after.id).await,
        _ => Ok(()),
    }
}

/// An appointment was cancelled or moved: its slot may suit somebody who waits. Not if the doctor cancelled: they have no time then.
pub(crate) async fn after_appointment(state: &Notifications, before: Option<&Appointment>, after: &Appointment) -> Result<(), Failure> {
    let Some(before) = before.filter(|before| before.sequence != after.sequence) else { return Ok(()) };
    if matches!(after.status, Status::Cancelled { by: CancelledBy::Doctor, .. }) {
        return Ok(());
    }
    slot_freed(state, before.doctor_id, before.slot.start, Some(before.patient_id)).await?;
    Ok(())
}

/// A patient no longer waits for anything.
pub(crate) async fn end_all(state: &Notifications, patient: PatientId, because: Ending) -> Result<(), Failure> {
    let (store, now, zone) = (&state.base.store, state.base.clock.now(), &state.base.hospital.zone);
    for before in store.waits_of_patient(patient).await? {
        let Ok(after) = before.clone().at(now, zone).end(because) else { continue };
        store.wait_change(&before, &after, 0, now, zone).await.map_err(WriteError::to_retry)?;
    }
    Ok(())
}

/// Offers a slot to the first one who fits, if it is still free. Whoever has given it up does not want it. `false` when it fits nobody.
async fn slot_freed(state: &Notifications, doctor: DoctorId, start: Timestamp, given_up_by: Option<PatientId>) -> Result<bool, Failure> {
    let (store, now, zone) = (&state.base.store, state.base.clock.now(), &state.base.hospital.zone);
    let Some(doctor) = store.doctor(doctor).await? else { return Ok(false) };
    if !store.doctor_takes_appointments(&doctor).await? {
        return Ok(false);
    }
    for _ in 0..TRIES {
        let day = store.doctor_day(doctor.id, zone.to_datetime(start).date()).await?;
        let Ok(slot) = doctor.bookable_slot(start, &day, now, zone) else { return Ok(true) };
        let Some(until) = held_until(slot, now, zone) else { return Ok(true) };
        let Some(first) = first_who_fits(state, &doctor, slot, given_up_by).await? else { return Ok(false) };
        match make_offer(state, first, &doctor, slot, until, day.plan).await? {
            Made::Yes | Made::SlotTaken => return Ok(true),
            Made::WaitChanged | Made::PlanChanged => {}
        }
    }
    Err(others_are_faster())
}

/// A doctor has other time on a span of days, both included: what is free of it is offered to those who wait for these days.
pub(crate) async fn time_opened(state: &Notifications, doctor: DoctorId, (from, to): (Date, Date)) -> Result<(), Failure> {
    let (store, now, zone) = (&state.base.store, state.base.clock.now(), &state.base.hospital.zone);
    let Some(doctor) = store.doctor(doctor).await? else { return Ok(()) };
    let from = from.max(state.base.today());
    let to = to.min(from.saturating_add(DAYS_LOOKED_AT.days()));
    let of_doctor = Target::Doctor { id: doctor.id, name: doctor.name.clone() };
    let of_field = Target::Specialization(doctor.specialization.clone());
    for date in from.series(1.day()).take_while(|date| *date <= to) {
        let mut waited_for = false;
        for queue in [&of_doctor, &of_field] {
            waited_for |= !store.wait_queue(queue, date, None, 1).await?.is_empty();
        }
        if waited_for {
            for slot in store.doctor_free_slots(&doctor, (date, date), now, zone).await?.into_iter().take(SLOTS_A_DAY) {
                // Whom this one does not fit, a later one of the day hardly does.
                if !slot_freed(state, doctor.id, slot.start, None).await? {
                    break;
                }
            }
        }
    }
    Ok(())
}

fn others_are_faster() -> Failure {
    StoreError::Unavailable("the waiting list is changed by others at this moment".into()).into()
}

/// Looks for the first slot that fits somebody who waits, and offers it to the first one whom it fits: that may be somebody else.
async fn look_for_slot(state: &Notifications, id: WaitId) -> Result<(), Failure> {
    let (store, now, zone) = (&state.base.store, state.base.clock.now(), &state.base.hospital.zone);
    for _ in 0..TRIES {
        let Some(wait) = store.wait(id).await?.map(|wait| wait.at(now, zone)).filter(|wait| wait.state == State::Waiting) else {
            return Ok(());
        };
        let Some((slot, until, doctor)) = soonest(state, &wait).await? else { return Ok(()) };
        let Some(first) = first_who_fits(state, &doctor, slot, None).await? else { return Ok(()) };
        let own = first.stored.id == id;
        let day = store.doctor_day(doctor.id, slot.day(zone)).await?;
        if doctor.bookable_slot(slot.start, &day, now, zone) != Ok(slot) {
            continue;
        }
        if make_offer(state, first, &doctor, slot, until, day.plan).await? == Made::Yes && own {
            return Ok(());
        }
    }
    Err(others_are_faster())
}

/// The soonest free slot that fits, until when it would be held, and its doctor.
async fn soonest(state: &Notifications, wait: &Wait) -> Result<Option<(Slot, Timestamp, Doctor)>, Failure> {
    let (store, now, zone) = (&state.base.store, state.base.clock.now(), &state.base.hospital.zone);
    let doctors: Vec<DoctorId> = match &wait.target {
        Target::Doctor { id, .. } => vec![*id],
        Target::Specialization(specialization) => {
            store.doctor_list(Some(specialization), None, DOCTORS).await?.into_iter().map(|doctor| doctor.entry.id).collect()
        }
    };
    let mut soonest: Option<(Slot, Timestamp, Doctor)> = None;
    for doctor in doctors {
        let Some(doctor) = store.doctor(doctor).await? else { continue };
        if !store.doctor_takes_appointments(&doctor).await? {
            continue;
        }
        for slot in store.doctor_free_slots(&doctor, (wait.from, wait.to), now, zone).await? {
            if soonest.as_ref().is_some_and(|(other, ..)| other.start <= slot.start) {
                break;
            }
            if let Some(until) = held_until(slot, now, zone)
                && wait.fits(doctor.id, slot, zone)
                && can_come(state, wait, slot).await?.is_some()
            {
                soonest = Some((slot, until, doctor));
                break;
            }
        }
    }
    Ok(soonest)
}

/// Somebody who waits and to whom a slot can be offered.
struct Candidate {
    /// The wait as it is stored.
    stored: Wait,
    patient: Patient,
}

/// The first one in both queues of a doctor whom a slot suits.
async fn first_who_fits(
    state: &Notifications,
    doctor: &Doctor,
    slot: Slot,
    given_up_by: Option<PatientId>,
) -> Result<Option<Candidate>, Failure> {
    let of_doctor = Target::Doctor { id: doctor.id, name: doctor.name.clone() };
    let of_field = Target::Specialization(doctor.specialization.clone());
    let found =
        [first_in(state, &of_doctor, doctor.id, slot, given_up_by).await?, first_in(state, &of_field, doctor.id, slot, given_up_by).await?];
    Ok(found.into_iter().flatten().min_by_key(|candidate| candidate.stored.id))
}

async fn first_in(
    state: &Notifications,
    queue: &Target,
    doctor: DoctorId,
    slot: Slot,
    given_up_by: Option<PatientId>,
) -> Result<Option<Candidate>, Failure> {
    let (store, now, zone) = (&state.base.store, state.base.clock.now(), &state.base.hospital.zone);
    let (day, mut after, mut seen) = (slot.day(zone), None, 0);
    loop {
        let ids = store.wait_queue(queue, day, after, AT_ONCE).await?;
        after = ids.last().copied().filter(|_| ids.len() == AT_ONCE);
        seen += ids.len();
        for id in ids {
            let Some(stored) = store.wait(id).await? else { continue };
            let wait = stored.clone().at(now, zone);
            if given_up_by != Some(wait.patient_id)
                && wait.fits(doctor, slot, zone)
                && let Some(patient) = can_come(state, &wait, slot).await?
            {
                return Ok(Some(Candidate { stored, patient }));
            }
        }
        if after.is_none() || seen >= LOOKED_AT {
            return Ok(None);
        }
    }
}

/// The patient, if they live, can be told, and have nothing else at the time: no appointment, and no other slot that is held for them.
async fn can_come(state: &Notifications, wait: &Wait, slot: Slot) -> Result<Option<Patient>, Failure> {
    let (store, now, zone) = (&state.base.store, state.base.clock.now(), &state.base.hospital.zone);
    let Some(patient) = store.patient(wait.patient_id).await?.filter(|patient| patient.deceased.is_none()) else { return Ok(None) };
    if !store.patient_is_free(patient.id, slot, zone).await? || state.base.patient_or_front_desk(patient.id).await?.is_none() {
        return Ok(None);
    }
    for other in store.waits_of_patient(patient.id).await? {
        if let State::Offered(offer) = other.at(now, zone).state
            && offer.slot.start < slot.end
            && slot.start < offer.slot.end
        {
            return Ok(None);
        }
    }
    Ok(Some(patient))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    Yes,
    SlotTaken,
    WaitChanged,
    PlanChanged,
}

async fn make_offer(
    state: &Notifications,
    candidate: Candidate,
    doctor: &Doctor,
    slot: Slot,
    until: Timestamp,
    plan: u64,
) -> Result<Made, Failure> {
    let (now, zone) = (state.base.clock.now(), &state.base.hospital.zone);
    let offer = Offer { doctor_id: doctor.id, doctor_name: doctor.name.clone(), slot, until };
    let Candidate { stored, patient } = candidate;
    // Under the name that the patient has now.
    let after = Wait { patient_name: patient.name, ..stored.clone().at(now, zone).offered(offer) };
    match state.base.store.wait_change(&stored, &after, plan, now, zone).await {
        Ok(()) => Ok(Made::Yes),
        Err(WriteError::Stale) => Ok(Made::WaitChanged),
        Err(WriteError::PlanChanged) => Ok(Made::PlanChanged),
        Err(WriteError::Store(error)) => Err(error.into()),
        Err(_) => Ok(Made::SlotTaken),
    }
}

async fn tell(state: &Notifications, wait: &Wait, offer: &Offer) -> Result<(), Failure> {
    let base = &state.base;
    if base.clock.now() >= offer.until {
        return Ok(());
    }
    let id = format!("{}-v{}-offer", wait.id, wait.version);
    let (id, to, email) = match base.patient_or_front_desk(wait.patient_id).await? {
        Some(ToTell::Patient(to)) => (id, to, emails::offer(&base.hospital, wait, offer)),
        Some(ToTell::FrontDesk(to)) => (format!("{id}-front-desk"), to, emails::offer_for_front_desk(&base.hospital, wait, offer)),
        None => return Ok(()),
    };
    Ok(base.mailer.send(&id, &to, &email.map_err(MailError::from)?).await?)
}
