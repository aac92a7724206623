//! An appointment was booked, moved, cancelled or noted on: the reminder, the day's list and the doctor's patients follow, both sides get an
//! invitation, and a slot that is free again is offered to whoever waits for it.

use domain::appointment::{Appointment, Status};
use mail::{MailError, emails::appointment as emails};

use crate::{Failure, Notifications, review, waiting};

pub(crate) async fn follow(state: &Notifications, before: Option<&Appointment>, after: &Appointment) -> Result<(), Failure> {
    // The reminder first: it matters more than an email that may have to be sent again.
    let current = state.base.store.appointment(after.id).await?;
    let (current, hospital) = (current.as_ref().unwrap_or(after), &state.base.hospital);
    state.reminders.follow(current, state.base.clock.now()).await?;
    let earlier: Vec<_> = before.into_iter().chain([after]).collect();
    state.base.store.day_list_follow(current, &earlier, &hospital.zone).await?;
    state.base.store.doctor_list_follow(current, &earlier).await?;
    if let Some(patient) = state.base.store.patient(after.patient_id).await? {
        state.base.store.treated_follow(after.doctor_id, &patient, state.base.clock.now(), &hospital.zone).await?;
    }

    let is_new = before.is_none_or(|before| before.sequence != after.sequence);
    let is_ahead_again = before.is_some_and(|before| !before.status.is_ahead());
    if (is_new || is_ahead_again) && current.status.is_ahead() {
        review::one(state, current.id).await?;
    }
    let (what, emails) = match before {
        None => ("booked", emails::booked(hospital, after)),
        Some(before) if !is_new => return review::tell(&state.base, before, after, current).await,
        Some(before) => match &after.status {
            Status::Cancelled { by, .. } => ("cancelled", emails::cancelled(hospital, after, *by)),
            _ => ("moved", emails::moved(hospital, before.slot, after)),
        },
    };
    let told = state.base.send_to_both(after, what, emails.map_err(MailError::from)?).await;
    // Also when an email has to be sent again.
    waiting::after_appointment(state, before, after).await?;
    Ok(told?)
}
