//! No doctor has acknowledged a critical result in time. The email to those on duty follows from the stored result.

use mail::{EventState, reminders::CriticalDue};
use store::StoreError;

use crate::Failure;

pub(crate) async fn escalate(state: &EventState, due: &CriticalDue) -> Result<(), Failure> {
    let now = state.clock.now();
    if now < due.due_at {
        return Err(Failure::TooEarly);
    }
    let before = state.store.critical_result(due.patient_id, due.critical_order_id).await?;
    let Some(before) = before.filter(|critical| critical.escalates_at() == Some(due.due_at)) else { return Ok(()) };
    if state.store.critical_result_change(&before, &before.escalated()).await? {
        return Ok(());
    }
    Err(StoreError::Unavailable("the result is changed by others at this moment".into()).into())
}
