//! A stock has changed: lists follow, and the pharmacy is told when the medicine crosses its reorder level.

use std::collections::BTreeSet;

use domain::{
    id::{AlertId, LotId, StockedMedicineId},
    pharmacy::{AlertAbout, AlertState, ListedAlert, PharmacyAlert, StockedMedicine, USE_WEEKS},
    stock::{Stock, to_order},
};
use jiff::SignedDuration;
use store::{
    StoreError,
    pharmacy_alerts::FollowError,
    stock::{MedicineLine, MedicineStock},
};

use crate::{Failure, LowStock, expiry};

/// How often it is counted again when others count at the same moment.
const TRIES: usize = 10;

/// A change of a stock.
pub(crate) struct Revision {
    pub(crate) before: Option<MedicineStock>,
    pub(crate) after: MedicineStock,
}

pub(crate) async fn follow(state: &LowStock, id: StockedMedicineId, mut revisions: Vec<Revision>) -> Result<(), Failure> {
    let store = &state.base.store;
    revisions.sort_by_key(|revision| revision.after.revision);
    let Some(medicine) = store.stocked_medicine(id).await? else { return Ok(()) };
    let Some(last) = revisions.last() else { return Ok(()) };
    follow_line(state, &medicine, &revisions).await?;
    store.offer_follow(&medicine, &last.after, state.base.today()).await?;
    for lot in changed(&revisions) {
        let Some(received) = store.lot(id, lot).await? else { continue };
        store.lot_follow(received.clone(), &last.after).await?;
        expiry::follow(state, &received).await?;
    }
    Ok(())
}

/// The lots of which something came or went.
fn changed(revisions: &[Revision]) -> BTreeSet<LotId> {
    let mut changed = BTreeSet::new();
    let nothing = Stock::default();
    for revision in revisions {
        let (before, after) = (revision.before.as_ref().map_or(&nothing, |before| &before.stock), &revision.after.stock);
        changed.extend(before.lots.keys().chain(after.lots.keys()).filter(|id| before.lots.get(id) != after.lots.get(id)).copied());
    }
    changed
}

/// What lists show, and the alerts that begin and end with it. Each revision counts once, by the revision that was counted last.
async fn follow_line(state: &LowStock, medicine: &StockedMedicine, revisions: &[Revision]) -> Result<(), Failure> {
    let (store, today) = (&state.base.store, state.base.today());
    for _ in 0..TRIES {
        let Some(counted) = store.medicine_line(medicine.id).await? else { return Ok(()) };
        let (mut line, mut alerts) = (counted.clone(), Vec::new());
        for Revision { before, after } in revisions.iter().filter(|revision| revision.after.revision > counted.as_of) {
            let was_low = line.listed.low;
            line = MedicineLine::of(medicine, after, today, line.alert);
            // By what was there before this very change, and by what was counted last: a lot expires without a change, and changes can come out
            // of order.
            let was_above = before.as_ref().is_some_and(|before| !before.stock.is_low(today));
            if (was_above || !line.listed.low)
                && let Some(id) = line.alert.take()
            {
                resolve(state, medicine, id, &mut alerts).await?;
            }
            if line.listed.low && (was_above || !was_low) {
                let alert = runs_low(state, medicine, after).await?;
                line.alert = Some(alert.listed.id);
                alerts.push(alert);
            }
        }
        // A crossing that comes late: what followed it was counted first, and said nothing of it.
        let crosses = |revision: &&Revision| {
            let was = revision.before.as_ref().is_some_and(|before| !before.stock.is_low(today));
            revision.after.revision <= counted.as_of && was && revision.after.stock.is_low(today)
        };
        if line.listed.low
            && line.alert.is_none()
            && let Some(late) = revisions.iter().find(crosses)
        {
            let alert = runs_low(state, medicine, &late.after).await?;
            line.alert = Some(alert.listed.id);
            alerts.push(alert);
        }
        if line == counted {
            return Ok(());
        }
        match store.medicine_line_follow(counted.as_of, &line, &alerts).await {
            Ok(()) => return Ok(()),
            Err(FollowError::Moved) => {}
            Err(FollowError::Store(error)) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the stock is counted by others at this moment".into()).into())
}

async fn runs_low(state: &LowStock, medicine: &StockedMedicine, stock: &MedicineStock) -> Result<PharmacyAlert, Failure> {
    let (now, today) = (state.base.clock.now(), state.base.today());
    let weeks_ago = now.saturating_sub(SignedDuration::from_hours(USE_WEEKS * 7 * 24)).unwrap_or(now);
    let used = state.base.store.stock_used(medicine.id, weeks_ago).await?;
    let about = AlertAbout::LowStock {
        available: stock.stock.available(today),
        reorder_level: stock.stock.reorder_level,
        used,
        order: to_order(&stock.stock, used, today),
    };
    let listed = ListedAlert {
        id: AlertId::of_change(medicine.id, stock.revision, now),
        state: AlertState::Open,
        medicine_id: medicine.id,
        medicine: medicine.what(),
        about,
        told_at: now,
        resolved_at: None,
    };
    Ok(PharmacyAlert { listed, pharmacy_id: medicine.pharmacy_id })
}

/// The alert ends: one that was stored, or one that began among the same revisions.
async fn resolve(state: &LowStock, medicine: &StockedMedicine, id: AlertId, alerts: &mut Vec<PharmacyAlert>) -> Result<(), Failure> {
    let now = state.base.clock.now();
    let began = alerts.iter().position(|alert| alert.listed.id == id);
    if let Some(at) = began {
        alerts.remove(at);
        return Ok(());
    }
    if let Some(mut alert) = state.base.store.pharmacy_alert(medicine.pharmacy_id, id).await? {
        (alert.listed.state, alert.listed.resolved_at) = (AlertState::Resolved, Some(now));
        alerts.push(alert);
    }
    Ok(())
}
