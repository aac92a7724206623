//! Proves the books of every patient: invoices equal their lines, what was paid and what is outstanding is the total, and each charge is open or on
//! one invoice.

use domain::id::PatientId;
use serde::{Deserialize, Serialize};
use store::{Store, StoreError, billing::Drift};

/// How many patients are looked at in one call.
const AT_ONCE: usize = 100;

/// What `infra/check_billing.py` calls this function with.
#[derive(Debug, Default, Deserialize)]
pub struct Requested {
    pub check_billing: Check,
}

/// What to check.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Where an earlier call has stopped.
    #[serde(default)]
    pub after: Option<String>,
}

/// What was found.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// How many patients, invoices and charges were looked at.
    pub patients: usize,
    pub invoices: usize,
    pub charges: usize,
    /// The number of the last invoice, when the check began. With fewer invoices than that, one is missing. `None` in later calls.
    pub last_number: Option<u64>,
    pub drifts: Vec<FoundDrift>,
    /// Patients whose books others have changed all the time.
    pub busy: Vec<PatientId>,
    /// Where the next call continues. `None` when all are checked.
    pub next: Option<String>,
}

/// Something that is not as it should be.
#[derive(Debug, Serialize)]
pub struct FoundDrift {
    pub patient_id: PatientId,
    pub drift: Drift,
}

pub(crate) async fn check(store: &Store, check: Check) -> Result<Report, StoreError> {
    let mut report = Report::default();
    if check.after.is_none() {
        report.last_number = Some(store.invoice_last_number().await?);
    }
    let accounts = store.billing_accounts(check.after.as_deref(), AT_ONCE).await?;
    for account in &accounts {
        let patient_id = account.entry.patient_id;
        let found = store.billing_check(patient_id).await?;
        report.patients += 1;
        report.invoices += found.invoices;
        report.charges += found.charges;
        report.drifts.extend(found.drifts.into_iter().map(|drift| FoundDrift { patient_id, drift }));
        report.busy.extend(found.busy.then_some(patient_id));
    }
    report.next = accounts.last().filter(|_| accounts.len() == AT_ONCE).map(|last| last.position.clone());
    Ok(report)
}
