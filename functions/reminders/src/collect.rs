//! Nobody has collected in time what a pharmacy has set aside: it goes back to the stock and to the prescription.

use domain::allocation::{AllocationEnd, AllocationStatus};
use mail::{EventState, reminders::CollectDue};
use store::allocations::EndError;

use crate::Failure;

pub(crate) async fn end(state: &EventState, due: &CollectDue) -> Result<(), Failure> {
    let now = state.clock.now();
    let Some(before) = state.store.allocation(due.patient_id, due.allocation_id).await? else { return Ok(()) };
    if before.listed.collect_by != due.collect_by {
        return Ok(());
    }
    if now < due.collect_by {
        return Err(Failure::TooEarly);
    }
    let end = AllocationEnd { at: now, by: None, by_pharmacy: false, units: 0, reason: None, accepted: None };
    let Ok(ending) = before.clone().end(AllocationStatus::Expired, end, state.today()) else { return Ok(()) };
    let movement = state.store.movement_id(now)?;
    Ok(state.store.allocation_end(&before, &ending, movement, now, None).await.map_err(EndError::to_retry)?)
}
