//! A lot expires soon, or has expired: the pharmacy gets an alert, and on the day what is left goes into quarantine. The email follows from the
//! stored alert.

use domain::{
    pharmacy::PharmacyAlert,
    stock::{Movement, MovementKind},
};
use mail::{EventState, reminders::LotDue};
use store::{
    StoreError,
    stock::{StockError, Units},
};

use crate::Failure;

pub(crate) async fn look_at(state: &EventState, due: &LotDue) -> Result<(), Failure> {
    let now = state.clock.now();
    if now < due.due_at {
        return Err(Failure::TooEarly);
    }
    let (store, medicine) = (&state.store, due.medicine_id);
    let Some(lot) = store.lot(medicine, due.lot_id).await? else { return Ok(()) };
    if due.stage == 0 {
        let id = store.movement_id(now)?;
        let make = |changes| Movement { id, kind: MovementKind::Quarantined, changes, at: now, by: None, reason: None, allocation: None };
        match store.stock_move(medicine, &lot, Units::Quarantine, make).await {
            Ok(_) | Err(StockError::NoMedicine) => {}
            Err(StockError::Store(error)) => return Err(error.into()),
            Err(other) => return Err(StoreError::Unavailable(Box::new(other)).into()),
        }
    }
    let Some(stock) = store.stock(medicine).await? else { return Ok(()) };
    let there = stock.stock.lots.get(&due.lot_id).map_or(0, |lot| lot.left + lot.quarantined);
    if there == 0 {
        return Ok(());
    }
    Ok(store.expiry_alert(&PharmacyAlert::of_lot(&lot, due.stage, there, now)).await?)
}
