//! Whether appointments can take place as booked. Whatever changes a doctor's time leads here: leave, blocked times, other hours, a shift, a
//! suspension. An appointment that cannot take place says why, its patient is asked to choose another time, and nobody is reminded of it. If
//! no email reaches the patient, the receptionist on duty is asked to call.
//!
//! A booking may have been written in the moment in which the doctor's time changed. So each new booking is reviewed as well: whoever comes
//! last sees the other.

use domain::{
    appointment::Appointment,
    availability::{Because, DoctorDay},
    doctor::Doctor,
    id::{AppointmentId, DoctorId},
    schedule::Slot,
};
use jiff::{SignedDuration, ToSpan, civil::Date};
use mail::{EventState, MailError, ToTell, emails::appointment as emails};
use store::{StoreError, appointments::WriteError};

use crate::{Failure, Notifications};

/// How many free times an email names.
const NAMED: usize = 3;
/// At how many other doctors of the specialization free times are looked for.
const DOCTORS: usize = 10;
/// How often an appointment is judged again when others change it at the same moment.
const TRIES: usize = 8;

/// A doctor, and whether they take appointments now.
async fn doctor(state: &EventState, id: DoctorId) -> Result<Option<(Doctor, bool)>, StoreError> {
    let Some(doctor) = state.store.doctor(id).await? else { return Ok(None) };
    let takes = state.store.doctor_takes_appointments(&doctor).await?;
    Ok(Some((doctor, takes)))
}

/// Reviews one appointment.
pub(crate) async fn one(state: &Notifications, id: AppointmentId) -> Result<(), Failure> {
    let (store, now, zone) = (&state.base.store, state.base.clock.now(), &state.base.hospital.zone);
    for _ in 0..TRIES {
        let Some(before) = store.appointment(id).await? else { return Ok(()) };
        let Some((doctor, takes)) = doctor(&state.base, before.doctor_id).await? else { return Ok(()) };
        let day = store.doctor_day(doctor.id, before.slot.day(zone)).await?;
        let obstacle =
            if takes { doctor.obstacle(before.slot, before.extra_because.is_some(), &day, zone) } else { Some(Because::DoctorUnavailable) };
        let place = doctor.on(before.slot.day(zone)).place.as_ref();
        let Some(after) = before.clone().reviewed(obstacle, place, now) else { return Ok(()) };
        match store.appointment_review(&before, &after, &doctor, day.plan, zone).await {
            Ok(()) => return Ok(()),
            Err(WriteError::Store(error)) => return Err(error.into()),
            // It, the doctor or the day has changed since: it is judged again.
            Err(_) => {}
        }
    }
    Err(StoreError::Unavailable("the appointment is changed by others at this moment".into()).into())
}

/// Reviews a doctor's appointments on a span of days, both included.
pub(crate) async fn days(state: &Notifications, id: DoctorId, span: (Date, Date)) -> Result<(), Failure> {
    those_of(state, id, span, false).await
}

/// Of the appointments that can take place, only `every` one or those of which another thing is known.
async fn those_of(state: &Notifications, id: DoctorId, (from, to): (Date, Date), every: bool) -> Result<(), Failure> {
    let (store, hospital, zone) = (&state.base.store, &state.base.hospital, &state.base.hospital.zone);
    let Some((doctor, takes)) = doctor(&state.base, id).await? else { return Ok(()) };
    // Today and later: what is over is over.
    let from = from.max(state.base.today());
    let (days, plain) = (store.doctor_days_now(id, (from, to)).await?, DoctorDay::default());
    let span = (hospital.midnight(from), hospital.midnight(to.saturating_add(1.day())) - SignedDuration::from_secs(1));
    for entry in store.appointments_of_doctor(id, span).await? {
        let day = days.get(&entry.slot.day(zone)).unwrap_or(&plain);
        // Most of them can take place, and are not read.
        if every || !takes || entry.needs_new_time.is_some() || doctor.obstacle(entry.slot, false, day, zone).is_some() {
            one(state, entry.id).await?;
        }
    }
    Ok(())
}

/// Reviews all of a doctor's appointments from today on. When the doctor has another place, `every` one is read.
pub(crate) async fn all(state: &Notifications, id: DoctorId, every: bool) -> Result<(), Failure> {
    let today = state.base.today();
    those_of(state, id, (today, today.saturating_add(366.days())), every).await
}

/// Tells the patient that an appointment takes place elsewhere, needs another time, or no longer does.
pub(crate) async fn tell(state: &EventState, before: &Appointment, after: &Appointment, current: &Appointment) -> Result<(), Failure> {
    let other_place = before.place != after.place && current.place == after.place;
    // What says that it takes place after all says where.
    if other_place
        && before.needs_new_time.is_none()
        && current.needs_new_time.is_none()
        && current.status.is_ahead()
        && let Some(to) = state.patient(after.patient_id).await?
    {
        let email = emails::place_changed(&state.hospital, after).map_err(MailError::from)?;
        state.mailer.send(&format!("{}-v{}-place-patient", after.id, after.version), &to, &email).await?;
    }
    let same = before.needs_new_time.is_some() == after.needs_new_time.is_some();
    // Another record follows if it has changed again since.
    if same || current.needs_new_time != after.needs_new_time || !current.status.is_ahead() {
        return Ok(());
    }
    let (hospital, id) = (&state.hospital, format!("{}-v{}-time", after.id, after.version));
    let (free, same_doctor) = if after.needs_new_time.is_some() { free_times(state, after).await? } else { (Vec::new(), true) };
    let (id, to, email) = match (state.patient_or_front_desk(after.patient_id).await?, after.needs_new_time) {
        (Some(ToTell::Patient(to)), Some(_)) => (format!("{id}-patient"), to, emails::needs_new_time(hospital, after, &free, same_doctor)),
        (Some(ToTell::Patient(to)), None) => (format!("{id}-patient"), to, emails::takes_place(hospital, after)),
        (Some(ToTell::FrontDesk(to)), Some(_)) => {
            (format!("{id}-front-desk"), to, emails::needs_new_time_for_front_desk(hospital, after, &free))
        }
        // Nobody was told that it might not take place, or nobody can be told now: the lists show it.
        (Some(ToTell::FrontDesk(_)) | None, _) => return Ok(()),
    };
    Ok(state.mailer.send(&id, &to, &email.map_err(MailError::from)?).await?)
}

/// The next free times, in words, and whether they are the same doctor's: those after the old time, and before it if there are too few. If the
/// doctor has none, those of others of the specialization.
async fn free_times(state: &EventState, appointment: &Appointment) -> Result<(Vec<String>, bool), Failure> {
    let (store, hospital) = (&state.store, &state.hospital);
    if let Some((doctor, true)) = doctor(state, appointment.doctor_id).await? {
        let free = free_of(state, &doctor, appointment).await?;
        if !free.is_empty() {
            return Ok((free.into_iter().map(|slot| hospital.slot_in_words(slot)).collect(), true));
        }
    }
    let mut all = Vec::new();
    for other in store.doctor_list(Some(&appointment.specialization), None, DOCTORS).await? {
        if other.entry.id == appointment.doctor_id {
            continue;
        }
        let Some((doctor, true)) = doctor(state, other.entry.id).await? else { continue };
        let free = free_of(state, &doctor, appointment).await?;
        all.extend(free.into_iter().map(|slot| (slot, doctor.name.clone())));
    }
    all.sort_by(|(one, with), (other, and)| (one.start, with).cmp(&(other.start, and)));
    let in_words = |(slot, name)| format!("{}, with {name}", hospital.slot_in_words(slot));
    Ok((all.into_iter().take(NAMED).map(in_words).collect(), false))
}

async fn free_of(state: &EventState, doctor: &Doctor, appointment: &Appointment) -> Result<Vec<Slot>, Failure> {
    let (store, now, zone) = (&state.store, state.clock.now(), &state.hospital.zone);
    let mut free = store.doctor_next_free_slots(doctor, appointment.slot.start, NAMED, now, zone).await?;
    if free.len() < NAMED {
        for slot in store.doctor_next_free_slots(doctor, now, NAMED, now, zone).await? {
            if free.len() < NAMED && !free.contains(&slot) {
                free.push(slot);
            }
        }
        free.sort_unstable();
    }
    Ok(free)
}
