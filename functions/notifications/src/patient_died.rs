//! A patient has died: their appointments are cancelled. The doctors are told as of every cancellation, and nobody writes to the patient.

use domain::{
    appointment::{CancelledBy, When},
    id::PatientId,
};
use store::{
    StoreError,
    appointments::WriteError,
    trail::{Origin, Trail},
};

use crate::{Failure, Notifications};

/// How many appointments are read at once.
const AT_ONCE: usize = 50;

/// Cancels what lies ahead. The cancellations are the work of whoever noted the death, and are in the audit log with it.
pub(crate) async fn cancel_appointments(state: &Notifications, id: PatientId, origin: Option<&Origin>) -> Result<(), Failure> {
    match origin {
        Some(origin) => Trail::following(origin).follow(cancel(state, id)).await,
        None => cancel(state, id).await,
    }
}

async fn cancel(state: &Notifications, id: PatientId) -> Result<(), Failure> {
    let (store, zone, now) = (&state.base.store, &state.base.hospital.zone, state.base.clock.now());
    // It may have been a mistake, and taken back before this record came.
    if store.patient(id).await?.is_none_or(|patient| patient.deceased.is_none()) {
        return Ok(());
    }
    for entry in store.appointment_list_of_patient(id, When::Upcoming, now, zone, None, AT_ONCE).await? {
        let Some(before) = store.appointment(entry.id).await? else { continue };
        // One that has begun stays: it was held, or its doctor notes that nobody came.
        let Ok(after) = before.clone().cancel(CancelledBy::FrontDesk, None, now) else { continue };
        match store.appointment_change_status(&before, &after, zone).await {
            Ok(()) => {}
            Err(WriteError::Store(error)) => return Err(error.into()),
            // Somebody changed it at this moment. The record comes again.
            Err(why) => return Err(StoreError::Unavailable(Box::new(why)).into()),
        }
    }
    Ok(())
}
