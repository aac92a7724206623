//! A lot was received: it is looked at again when it is about to expire.

use domain::{
    pharmacy::ReceivedLot,
    stock::{EXPIRY_ALERTS, Lot},
};
use jiff::ToSpan;

use crate::{Failure, LowStock};

/// Schedules what is ahead. A lot that expires soon already is looked at at once.
pub(crate) async fn schedule(state: &LowStock, lot: &ReceivedLot) -> Result<(), Failure> {
    let (listed, today) = (&lot.listed, state.base.today());
    let as_received = Lot { number: listed.number.clone(), expires_on: listed.expires_on, left: lot.received, quarantined: 0 };
    let current = as_received.expiry_alert(today);
    for days in EXPIRY_ALERTS.into_iter().filter(|days| current.is_none_or(|current| *days <= current)) {
        let day = listed.expires_on.saturating_sub(i64::from(days).days());
        let at = state.base.hospital.midnight(day);
        state.reminders.schedule_lot(lot, days, at, state.base.clock.now()).await?;
    }
    Ok(())
}
