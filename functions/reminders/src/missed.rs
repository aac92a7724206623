//! An appointment is over, and nobody has noted that the patient came: it is a no-show. The front desk can take that back. If the doctor was
//! away, nobody missed it: it is cancelled.

use mail::{EventState, reminders::MissedDue};
use store::appointments::WriteError;

use crate::Failure;

pub(crate) async fn note(state: &EventState, due: &MissedDue) -> Result<(), Failure> {
    let now = state.clock.now();
    let Some(before) = state.store.appointment(due.appointment_id).await? else { return Ok(()) };
    if before.missed_due() != Some(due.due_at) {
        return Ok(());
    }
    if now < due.due_at {
        return Err(Failure::TooEarly);
    }
    let over = if before.needs_new_time.is_some() { before.clone().lapse(now) } else { before.clone().miss(now) };
    let Ok(after) = over else { return Ok(()) };
    Ok(state.store.appointment_change_status(&before, &after, &state.hospital.zone).await.map_err(WriteError::to_retry)?)
}
