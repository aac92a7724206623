//! A patient has died or has another name: the appointments that lie ahead follow. Who has died no longer waits for any.
//!
//! The changes are the work of whoever changed the profile, and are in the audit log with it.

use std::collections::BTreeSet;

use domain::{
    appointment::{Appointment, CancelledBy, When},
    id::PatientId,
    patient::Patient,
    waiting::Ending,
};
use store::{
    appointments::WriteError,
    trail::{Origin, Trail},
};

use crate::{Failure, Notifications, waiting};

/// How many appointments are read at once.
const AT_ONCE: usize = 50;

/// Cancels what lies ahead of a patient who has died. The doctors are told as of every cancellation, and nobody writes to the patient.
pub(crate) async fn cancel_appointments(state: &Notifications, id: PatientId, origin: Option<&Origin>) -> Result<(), Failure> {
    let now = state.base.clock.now();
    change(state, id, origin, |patient, appointment| {
        // It may have been a mistake, and taken back before this record came. An appointment that has begun stays: it was held, or its
        // doctor notes that nobody came.
        patient.deceased.as_ref().and_then(|_| appointment.cancel(CancelledBy::FrontDesk, None, now).ok())
    })
    .await?;
    let deceased = state.base.store.patient(id).await?.is_some_and(|patient| patient.deceased.is_some());
    if deceased { following(origin, waiting::end_all(state, id, Ending::PatientDied)).await } else { Ok(()) }
}

/// Writes the patient's present name into what lies ahead, and into the lists of the doctors who treat them.
pub(crate) async fn rename_in_appointments(state: &Notifications, id: PatientId, origin: Option<&Origin>) -> Result<(), Failure> {
    change(state, id, origin, |patient, appointment| {
        (appointment.patient_name != patient.name).then(|| appointment.with_patient_name(patient.name.clone()))
    })
    .await?;
    let (store, zone, now) = (&state.base.store, &state.base.hospital.zone, state.base.clock.now());
    let Some(patient) = store.patient(id).await? else { return Ok(()) };
    let doctors: BTreeSet<_> = store.patient_treatments(id, now, zone).await?.into_iter().map(|(doctor, _)| doctor).collect();
    for doctor in doctors {
        store.treated_follow(doctor, &patient, now, zone).await?;
    }
    Ok(())
}

async fn change(
    state: &Notifications,
    id: PatientId,
    origin: Option<&Origin>,
    change: impl Fn(&Patient, Appointment) -> Option<Appointment>,
) -> Result<(), Failure> {
    following(origin, change_all(state, id, change)).await
}

/// Does the work as that of whoever changed the profile.
pub(crate) fn following<T>(origin: Option<&Origin>, work: impl Future<Output = T>) -> impl Future<Output = T> {
    let work = Box::pin(work);
    async move {
        match origin {
            Some(origin) => Trail::following(origin).follow(work).await,
            None => work.await,
        }
    }
}

async fn change_all(
    state: &Notifications,
    id: PatientId,
    change: impl Fn(&Patient, Appointment) -> Option<Appointment>,
) -> Result<(), Failure> {
    let (store, zone, now) = (&state.base.store, &state.base.hospital.zone, state.base.clock.now());
    // The profile as it is now: this record may come late.
    let Some(patient) = store.patient(id).await? else { return Ok(()) };
    let mut after = None;
    loop {
        let entries = store.appointment_list_of_patient(id, When::Upcoming.into(), now, zone, after, AT_ONCE).await?;
        for entry in entries.iter().take(AT_ONCE) {
            let Some(before) = store.appointment(entry.id).await? else { continue };
            let Some(changed) = change(&patient, before.clone()) else { continue };
            store.appointment_change_status(&before, &changed, zone).await.map_err(WriteError::to_retry)?;
        }
        if entries.len() <= AT_ONCE {
            return Ok(());
        }
        after = entries.get(AT_ONCE - 1).map(store::appointments::After::of);
    }
}
