//! What a patient owes in all.

use serde::{Deserialize, Serialize};

use super::Span;
use crate::id::PatientId;

/// How many invoices can wait to be billed again.
pub const MOST_REOPENED: usize = 20;

/// What a patient owes in all, and which charges are on no invoice yet. Amounts are in the currency's smallest unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingAccount {
    /// The patient.
    pub patient_id: PatientId,
    /// The number of the last charge.
    #[serde(default)]
    pub charges: u32,
    /// The number of the last charge that is on an invoice.
    #[serde(default)]
    pub invoiced: u32,
    /// Charges of invoices that were taken back, to be billed again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reopened: Vec<Span>,
    /// What the open charges cost, before discount and tax.
    #[serde(default)]
    pub open: i64,
    /// What is to be paid of all invoices.
    #[serde(default)]
    pub outstanding: i64,
    /// What was paid too much.
    #[serde(default)]
    pub overpaid: i64,
    /// Grows with each change of the charges and with each invoice, and not with payments.
    #[serde(default)]
    pub version: u64,
}

impl BillingAccount {
    /// Of a patient for whom nothing was charged yet.
    #[must_use]
    pub const fn empty(patient_id: PatientId) -> Self {
        Self { patient_id, charges: 0, invoiced: 0, reopened: Vec::new(), open: 0, outstanding: 0, overpaid: 0, version: 0 }
    }

    /// The charges that the next invoice looks at.
    #[must_use]
    pub fn open_spans(&self) -> Vec<Span> {
        let new = Span { from: self.invoiced + 1, to: self.charges };
        self.reopened.iter().copied().chain((new.from <= new.to).then_some(new)).collect()
    }

    /// Whether a charge is on no invoice.
    #[must_use]
    pub fn is_open(&self, charge: u32) -> bool {
        charge > self.invoiced || self.reopened.iter().any(|span| span.contains(charge))
    }
}
