//! Proves the books of a patient: invoices equal their lines, and what was posted adds up to what the sums say.

use domain::{
    billing::{Balance, BillingAccount, Span, invoice::MOST_LINES},
    id::{InvoiceId, PatientId},
};
use serde::Serialize;

use super::ListedAccount;
use crate::{Listed, Store, StoreError, keys, record::from_index};

/// How often a patient's books are read again when others change them at this moment.
const TRIES: usize = 5;
/// How many invoices are read at once.
const PAGE: usize = 100;

/// Something in the books that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Drift {
    /// An invoice is not what its lines add up to.
    Lines { invoice_id: InvoiceId },
    /// The entries of an invoice do not follow from each other, or add up to something else than its balance.
    Entries { invoice_id: InvoiceId },
    /// What is outstanding or overpaid of all invoices is not what the account says.
    Outstanding { invoices: i64, account: i64 },
    /// The charges that are on no invoice add up to something else than the account says.
    Open { charges: i64, account: i64 },
    /// A charge is missing.
    Missing { number: u32 },
    /// A charge is on no invoice and not open either, or on two.
    Invoiced { number: u32, times: usize },
    /// The number of an invoice leads elsewhere.
    Number { invoice_id: InvoiceId, number: u64 },
}

/// What was found in a patient's books.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    pub invoices: usize,
    pub charges: usize,
    pub drifts: Vec<Drift>,
    /// Whether others have changed the books all the time, so that nothing was proven.
    pub busy: bool,
}

impl Store {
    /// The patients for whom anything was charged, after a position.
    pub async fn billing_accounts(&self, after: Option<&str>, limit: usize) -> Result<Vec<Listed<ListedAccount>>, StoreError> {
        from_index::<BillingAccount, _>(self.query(keys::billing_accounts(after)).first(limit).await?)
    }

    /// Proves the books of a patient.
    pub async fn billing_check(&self, patient: PatientId) -> Result<Found, StoreError> {
        for _ in 0..TRIES {
            let before = self.billing_account(patient).await?;
            let found = self.books(&before).await?;
            if self.billing_account(patient).await? == before {
                return Ok(found);
            }
        }
        Ok(Found { busy: true, ..Found::default() })
    }

    async fn books(&self, account: &BillingAccount) -> Result<Found, StoreError> {
        let patient = account.patient_id;
        let mut found = Found::default();
        let (mut outstanding, mut overpaid, mut spans) = (0, 0, Vec::<Span>::new());
        let mut before = None;
        loop {
            let page = self.invoice_list(patient, before, PAGE).await?;
            before = page.last().map(|last| last.id);
            let full = page.len() == PAGE;
            for Balance { id, number, .. } in page {
                let Some(whole) = self.invoice_whole(patient, id).await? else { continue };
                found.invoices += 1;
                (outstanding, overpaid) = (outstanding + whole.balance.outstanding(), overpaid + whole.balance.overpaid());
                let charges = whole.lines.iter().map(|line| line.charge.clone()).collect();
                if !whole.issued.equals(&whole.issued.price(charges)) || whole.issued.total != whole.balance.total {
                    found.drifts.push(Drift::Lines { invoice_id: id });
                }
                let entries = whole.entries.iter().skip(1);
                if Balance::replay(whole.balance.as_issued(), entries).as_ref() != Ok(&whole.balance) {
                    found.drifts.push(Drift::Entries { invoice_id: id });
                }
                if self.invoice_numbered(number).await?.map(|numbered| numbered.invoice_id) != Some(id) {
                    found.drifts.push(Drift::Number { invoice_id: id, number });
                }
                let again =
                    |entry: &domain::billing::Entry| matches!(entry.posting, domain::billing::Posting::Credited { bill_again: true, .. });
                if !whole.entries.iter().any(again) {
                    spans.extend(whole.issued.spans);
                }
            }
            if !full {
                break;
            }
        }
        if (outstanding, overpaid) != (account.outstanding, account.overpaid) {
            let (invoices, account) = (outstanding - overpaid, account.outstanding - account.overpaid);
            found.drifts.push(Drift::Outstanding { invoices, account });
        }
        spans.extend(account.open_spans());
        self.count_charges(account, &spans, &mut found).await?;
        Ok(found)
    }

    /// Each charge is there, and either open or on one invoice that counts.
    async fn count_charges(&self, account: &BillingAccount, spans: &[Span], found: &mut Found) -> Result<(), StoreError> {
        let (mut next, mut open) = (1, 0);
        while next <= account.charges {
            let span = Span { from: next, to: account.charges.min(next + u32::try_from(MOST_LINES).unwrap_or(u32::MAX) - 1) };
            let mut charges = self.charges_of(account.patient_id, &[span]).await?.into_iter().peekable();
            for number in span.from..=span.to {
                let Some(charge) = charges.next_if(|charge| charge.charge.number == number) else {
                    found.drifts.push(Drift::Missing { number });
                    continue;
                };
                found.charges += 1;
                let times = spans.iter().filter(|span| span.contains(number)).count();
                if times != 1 {
                    found.drifts.push(Drift::Invoiced { number, times });
                }
                if charge.reversal.is_none() && account.is_open(number) {
                    open += charge.charge.amount().minor();
                }
            }
            next = span.to + 1;
        }
        if open != account.open {
            found.drifts.push(Drift::Open { charges: open, account: account.open });
        }
        Ok(())
    }
}
