//! Lots that expire: one that was received is looked at again when it is about to, and its alert says whether something of it is still there.

use domain::{
    pharmacy::{PharmacyAlert, ReceivedLot},
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

/// Makes the alert of a lot say what is there of it now. What comes back from a patient after the lot has expired is told of, too: somebody has to
/// destroy it.
pub(crate) async fn follow(state: &LowStock, lot: &ReceivedLot) -> Result<(), Failure> {
    let (store, now) = (&state.base.store, state.base.clock.now());
    let Some(stock) = store.stock(lot.listed.medicine_id).await? else { return Ok(()) };
    let there = stock.stock.there(lot.listed.id);
    if there.1 > 0 {
        store.expiry_alert(&PharmacyAlert::of_lot(lot, 0, there.0 + there.1, now)).await?;
    }
    Ok(store.expiry_alert_follow(lot.pharmacy_id, lot.listed.id, there != (0, 0), now).await?)
}
