//! An invoice is overdue: it is noted that the patient is reminded, and the email follows from the stored entry.

use domain::billing::{NotPosted, Posting};
use mail::{EventState, reminders::InvoiceDue};
use store::{StoreError, billing::PostError};

use crate::Failure;

pub(crate) async fn remind(state: &EventState, due: &InvoiceDue) -> Result<(), Failure> {
    let now = state.clock.now();
    if now < due.due_at {
        return Err(Failure::TooEarly);
    }
    let make = |balance: &domain::billing::Balance| {
        // Paid, taken back or reminded since.
        let holds = balance.reminder_due(|day| state.hospital.morning_after(day)) == Some(due.due_at);
        if holds { Ok(Posting::Reminded { times: balance.reminders + 1 }) } else { Err(PostError::Not(NotPosted::OutOfOrder)) }
    };
    match state.store.invoice_post((due.patient_id, due.invoice_id), (None, now), make).await {
        Ok(_) | Err(PostError::Unknown | PostError::Not(_)) => Ok(()),
        Err(PostError::Store(error)) => Err(error.into()),
        Err(PostError::Moved) => Err(StoreError::Unavailable("the invoice is changed by others at this moment".into()).into()),
    }
}
