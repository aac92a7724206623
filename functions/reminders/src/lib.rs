//! What is due at a time. One hour before an appointment both sides are reminded, if the appointment is still on. An hour after its end, it is
//! a no-show if nobody has noted that the patient came. An offer to somebody on the waiting list ends. Somebody is told when a bed is not cleaned
//! in time, or no doctor has seen an emergency. What nobody collects from a pharmacy goes back to its stock, and a lot that has expired goes into
//! quarantine. Somebody is told when a lab order is late, or no doctor has acknowledged a critical result. A
//! patient is reminded of an invoice that is overdue.
//!
//! A schedule that fires proves nothing: the appointment is read again, and unless it lies ahead at the very time that the
//! schedule was made for, nothing is sent.

mod collect;
mod critical;
mod invoice;
mod lab_order;
mod lot;
mod missed;
mod offer_ends;

use jiff::Timestamp;
use mail::{
    Cause, EventState, MailError,
    emails::appointment as emails,
    reminders::{CleaningDue, CollectDue, CriticalDue, DoctorDue, InvoiceDue, LabOrderDue, LotDue, MissedDue, OfferEnds, ReminderDue},
    ward_news::WardNews,
};
use serde::Deserialize;
use store::StoreError;

/// What this function is called with.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Due {
    Reminder(ReminderDue),
    Missed(MissedDue),
    Offer(OfferEnds),
    Cleaning(CleaningDue),
    Doctor(DoctorDue),
    Collect(CollectDue),
    Lot(LotDue),
    LabOrder(LabOrderDue),
    Critical(CriticalDue),
    Invoice(InvoiceDue),
}

/// It could not be done this time. Scheduler calls again.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Mail(#[from] MailError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("it is not due yet")]
    TooEarly,
}

/// Does what is due. Scheduler delivers at least once.
pub async fn handle(state: &EventState, due: Due) -> Result<(), Failure> {
    match due {
        Due::Reminder(due) => Ok(Box::pin(remind(state, due)).await?),
        Due::Missed(due) => missed::note(state, &due).await,
        Due::Offer(due) => offer_ends::end(state, &due).await,
        Due::Collect(due) => Box::pin(collect::end(state, &due)).await,
        Due::Lot(due) => lot::look_at(state, &due).await,
        Due::LabOrder(due) => Box::pin(lab_order::look_at(state, &due)).await,
        Due::Critical(due) => critical::escalate(state, &due).await,
        Due::Invoice(due) => Box::pin(invoice::remind(state, &due)).await,
        Due::Cleaning(CleaningDue { clean }) => tell(state, clean.due_at(), WardNews::NotCleaned(clean)).await,
        Due::Doctor(DoctorDue { case_id, due_at }) => tell(state, due_at, WardNews::WaitsTooLong { case_id, due_at }).await,
    }
}

/// Tells that something was not done in time, if it still is not.
async fn tell(state: &EventState, due: Timestamp, news: WardNews) -> Result<(), Failure> {
    if state.clock.now() < due {
        return Err(Failure::TooEarly);
    }
    Ok(Box::pin(state.because_of(Cause::Wards(Box::new(news.clone()))).tell_wards(&news)).await?)
}

/// Sends a reminder. Each email goes out once.
async fn remind(state: &EventState, due: ReminderDue) -> Result<(), MailError> {
    let appointment = state.store.appointment(due.appointment_id).await?;
    let Some(appointment) = appointment.filter(|appointment| due.holds(appointment, state.clock.now())) else {
        tracing::info!(appointment = %due.appointment_id, "reminder is void");
        return Ok(());
    };
    let state = state.because_of(Cause::Reminder(due));
    state.send_to_both(&appointment, "reminder", emails::reminder(&state.hospital, &appointment)?).await
}
