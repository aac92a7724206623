//! The waiting list: who waits gets an offer as soon as a slot fits, and whoever gets one is told.
//!
//! Everything here may run twice, late or at the same time as something else. What counts is the wait as it is now, and the slot's own
//! guard: of several offers and bookings of a slot, one is written.

use domain::{
    appointment::Appointment,
    doctor::Doctor,
    id::{DoctorId, PatientId, WaitId},
    role::Role,
    schedule::Slot,
    waiting::{Offer, State, Target, Wait, held_until},
};
use jiff::Timestamp;
use mail::{MailError, emails::waiting as emails};
use store::{StoreError, appointments::WriteError};

use crate::{Failure, Notifications};

/// How many lines of a queue are read at once.
const AT_ONCE: usize = 25;
/// How often an offer is tried when others change the same waits.
const TRIES: usize = 8;
/// At how many doctors of a specialization somebody's slot is looked for.
const DOCTORS: usize = 30;

/// A wait has begun or changed.
pub(crate) async fn follow(state: &Notifications, before: Option<&Wait>, after: &Wait) -> Result<(), Failure> {
    let Some(current) = state.base.store.wait(after.id).await? else { return Ok(()) };
    state.reminders.follow_offer(&current).await?;
    if let State::Offered(offer) = &after.state
        && current.state == after.state
    {
        tell(state, &current, offer).await?;
    }
    if let Some(State::Offered(earlier)) = before.map(|before| &before.state)
        && after.state != State::Offered(earlier.clone())
        && !matches!(after.state, State::Booked { .. })
    {
        slot_freed(state, earlier.doctor_id, earlier.slot.start, after.patient_id).await?;
    }
    if after.state == State::Waiting {
        // A slot may have been free before the wait began, or freed up while something else was offered.
        look_for_slot(state, after.id).await?;
    }
    Ok(())
}

/// An appointment was cancelled or moved: its slot may suit somebody who waits.
pub(crate) async fn after_appointment(state: &Notifications, before: Option<&Appointment>, after: &Appointment) -> Result<(), Failure> {
    let Some(before) = before.filter(|before| before.sequence != after.sequence) else { return Ok(()) };
    slot_freed(state, before.doctor_id, before.slot.start, before.patient_id).await
}

/// Offers a slot to the first one who fits, if it is still free. Whoever has given it up does not want it.
async fn slot_freed(state: &Notifications, doctor: DoctorId, start: Timestamp, given_up_by: PatientId) -> Result<(), Failure> {
    let (store, now, zone) = (&state.base.store, state.base.clock.now(), &state.base.hospital.zone);
    let Some(doctor) = store.doctor(doctor).await? else { return Ok(()) };
    let Ok(slot) = doctor.bookable_slot(start, now, zone) else { return Ok(()) };
    let Some(until) = held_until(slot, now, zone) else { return Ok(()) };
    if !store.doctor_takes_appointments(&doctor).await? {
        return Ok(());
    }
    for _ in 0..TRIES {
        let Some(stored) = first_who_fits(state, &doctor, slot, given_up_by).await? else { return Ok(()) };
        match make_offer(state, &stored, &doctor, slot, until).await? {
            Made::Yes | Made::SlotTaken => return Ok(()),
            Made::WaitChanged => {}
        }
    }
    Err(StoreError::Unavailable("the waiting list is changed by others at this moment".into()).into())
}

/// Offers somebody who waits the first slot that fits.
async fn look_for_slot(state: &Notifications, id: WaitId) -> Result<(), Failure> {
    let (store, now, zone) = (&state.base.store, state.base.clock.now(), &state.base.hospital.zone);
    for _ in 0..TRIES {
        let Some(stored) = store.wait(id).await? else { return Ok(()) };
        let wait = stored.clone().at(now, zone);
        if wait.state != State::Waiting {
            return Ok(());
        }
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
                    && can_come(state, &wait, slot).await?
                {
                    soonest = Some((slot, until, doctor));
                    break;
                }
            }
        }
        let Some((slot, until, doctor)) = soonest else { return Ok(()) };
        if make_offer(state, &stored, &doctor, slot, until).await? == Made::Yes {
            return Ok(());
        }
    }
    // Others are faster each time. A slot that frees up later comes to this wait by itself.
    Ok(())
}

/// The first one in both queues of a doctor whom a slot suits, as stored.
async fn first_who_fits(state: &Notifications, doctor: &Doctor, slot: Slot, given_up_by: PatientId) -> Result<Option<Wait>, Failure> {
    let of_doctor = Target::Doctor { id: doctor.id, name: doctor.name.clone() };
    let of_field = Target::Specialization(doctor.specialization.clone());
    let found =
        [first_in(state, &of_doctor, doctor.id, slot, given_up_by).await?, first_in(state, &of_field, doctor.id, slot, given_up_by).await?];
    Ok(found.into_iter().flatten().min_by_key(|wait| wait.id))
}

async fn first_in(
    state: &Notifications,
    queue: &Target,
    doctor: DoctorId,
    slot: Slot,
    given_up_by: PatientId,
) -> Result<Option<Wait>, Failure> {
    let (store, now, zone) = (&state.base.store, state.base.clock.now(), &state.base.hospital.zone);
    let (day, mut after) = (slot.day(zone), None);
    loop {
        let ids = store.wait_queue(queue, day, after, AT_ONCE).await?;
        after = ids.last().copied().filter(|_| ids.len() == AT_ONCE);
        for id in ids {
            let Some(stored) = store.wait(id).await? else { continue };
            let wait = stored.clone().at(now, zone);
            if wait.patient_id != given_up_by && wait.fits(doctor, slot, zone) && can_come(state, &wait, slot).await? {
                return Ok(Some(stored));
            }
        }
        if after.is_none() {
            return Ok(None);
        }
    }
}

/// Whether the patient lives and has no other appointment at the time.
async fn can_come(state: &Notifications, wait: &Wait, slot: Slot) -> Result<bool, Failure> {
    let store = &state.base.store;
    let lives = store.patient(wait.patient_id).await?.is_some_and(|patient| patient.deceased.is_none());
    Ok(lives && store.patient_is_free(wait.patient_id, slot, &state.base.hospital.zone).await?)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    Yes,
    SlotTaken,
    WaitChanged,
}

async fn make_offer(state: &Notifications, stored: &Wait, doctor: &Doctor, slot: Slot, until: Timestamp) -> Result<Made, Failure> {
    let (now, zone) = (state.base.clock.now(), &state.base.hospital.zone);
    let offer = Offer { doctor_id: doctor.id, doctor_name: doctor.name.clone(), slot, until };
    let after = stored.clone().at(now, zone).offered(offer);
    match state.base.store.wait_change(stored, &after, now).await {
        Ok(()) => Ok(Made::Yes),
        Err(WriteError::Stale) => Ok(Made::WaitChanged),
        Err(WriteError::Store(error)) => Err(error.into()),
        Err(_) => Ok(Made::SlotTaken),
    }
}

/// Tells the patient, or the front desk when the patient cannot be reached by email.
pub(crate) async fn tell(state: &Notifications, wait: &Wait, offer: &Offer) -> Result<(), Failure> {
    let base = &state.base;
    if base.clock.now() >= offer.until {
        return Ok(());
    }
    let id = format!("{}-{}-offer", wait.id, offer.slot.start.as_second());
    if let Some(to) = base.patient(wait.patient_id).await? {
        let email = emails::offer(&base.hospital, wait, offer).map_err(MailError::from)?;
        return Ok(base.mailer.send(&id, &to, &email).await?);
    }
    let Some(shift) = base.store.shift_on_duty(Role::Receptionist, base.clock.now()).await? else { return Ok(()) };
    let Some(receptionist) = base.colleague(shift.user_id, Role::Receptionist).await? else { return Ok(()) };
    let email = emails::offer_for_front_desk(&base.hospital, wait, offer).map_err(MailError::from)?;
    Ok(base.mailer.send(&format!("{id}-front-desk"), &receptionist, &email).await?)
}
