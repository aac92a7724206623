//! One hour before an appointment both sides are reminded, if the appointment is still on.
//!
//! A schedule that fires proves nothing: the appointment is read again, and unless it lies ahead at the very time that the
//! schedule was made for, nothing is sent.

use mail::{Cause, EventState, MailError, emails::appointment as emails, reminders::ReminderDue};

/// Sends what is due. Scheduler delivers at least once; each email goes out once.
pub async fn handle(state: &EventState, due: ReminderDue) -> Result<(), MailError> {
    let appointment = state.store.appointment(due.appointment_id).await?;
    let Some(appointment) = appointment.filter(|appointment| due.holds(appointment, state.clock.now())) else {
        tracing::info!(appointment = %due.appointment_id, "reminder is void");
        return Ok(());
    };
    let state = state.because_of(Cause::Reminder(due));
    state.send_to_both(&appointment, "reminder", emails::reminder(&state.hospital, &appointment)?).await
}
