//! An offer to somebody on the waiting list has ended. The slot is free already, by the time that its hold names. What is left is to say so
//! of the wait: `notifications` then offers the slot to the next one.

use domain::waiting::State;
use mail::{EventState, reminders::OfferEnds};
use store::appointments::WriteError;

use crate::Failure;

pub(crate) async fn end(state: &EventState, due: &OfferEnds) -> Result<(), Failure> {
    let now = state.clock.now();
    let Some(before) = state.store.wait(due.wait_id).await? else { return Ok(()) };
    if !matches!(&before.state, State::Offered(offer) if offer.until == due.held_until) {
        return Ok(());
    }
    let after = before.clone().at(now, &state.hospital.zone);
    if after.version == before.version {
        return Err(Failure::TooEarly);
    }
    Ok(state.store.wait_change(&before, &after, 0, now, &state.hospital.zone).await.map_err(WriteError::to_retry)?)
}
