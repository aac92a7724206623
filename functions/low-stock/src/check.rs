//! Counts the ledgers again, and compares them with the stock.

use domain::{
    id::{LotId, StockedMedicineId},
    stock::Counted,
};
use serde::{Deserialize, Serialize};
use store::{Store, StoreError};

/// How many medicines are checked in one call.
const AT_ONCE: usize = 100;

/// What `infra/check_stock.py` calls this function with.
#[derive(Debug, Default, Deserialize)]
pub struct Requested {
    pub check_stock: Check,
}

/// What to check.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Whether a stock that differs is made what its ledger says.
    #[serde(default)]
    pub rebuild: bool,
    /// Where an earlier call has stopped.
    #[serde(default)]
    pub after: Option<Place>,
}

/// A place among all medicines of all pharmacies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The pharmacy after whose place in the directory it is.
    pharmacy: Option<String>,
    /// The medicine after whose place in the pharmacy's list it is.
    medicine: Option<String>,
}

/// What was found.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// How many medicines were checked.
    pub checked: usize,
    pub drifts: Vec<FoundDrift>,
    /// Medicines of which not every entry of the ledger could be counted: others change their stock at this moment, or entries are lost.
    pub incomplete: Vec<StockedMedicineId>,
    /// Where the next call continues. `None` when all are checked.
    pub next: Option<Place>,
}

/// A lot of which the ledger says something else than the stock: what is left, and what is in quarantine.
#[derive(Debug, Serialize)]
pub struct FoundDrift {
    pub medicine_id: StockedMedicineId,
    pub lot_id: LotId,
    pub ledger: Counted,
    pub stock: Counted,
    pub rebuilt: bool,
}

/// Checks the next medicines of one pharmacy.
pub(crate) async fn check(store: &Store, check: Check) -> Result<Report, StoreError> {
    let place = check.after.unwrap_or_default();
    let mut report = Report::default();
    let Some(pharmacy) = store.pharmacy_list("", place.pharmacy.as_deref(), 1).await?.pop() else { return Ok(report) };
    let medicines = store.medicine_list(pharmacy.entry.id, ("", false), place.medicine.as_deref(), AT_ONCE).await?;
    for medicine in &medicines {
        let id = medicine.entry.id;
        let Some(counted) = store.stock_check(id).await? else { continue };
        report.checked += 1;
        if !counted.complete {
            report.incomplete.push(id);
            continue;
        }
        let rebuilt = check.rebuild && !counted.drifts.is_empty() && store.stock_rebuild(&counted).await?;
        report.drifts.extend(counted.drifts.into_iter().map(|drift| FoundDrift {
            medicine_id: id,
            lot_id: drift.lot,
            ledger: drift.ledger,
            stock: drift.stock,
            rebuilt,
        }));
    }
    report.next = Some(match medicines.last().filter(|_| medicines.len() == AT_ONCE) {
        Some(last) => Place { medicine: Some(last.position.clone()), ..place },
        None => Place { pharmacy: Some(pharmacy.position), medicine: None },
    });
    Ok(report)
}
