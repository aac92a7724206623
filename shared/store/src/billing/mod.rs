//! Charges, invoices and what was paid for them. Everything that counts as money is an item that is written once: a charge, its reversal, an entry of
//! an invoice. Beside them there are sums: a patient's account, and the balance of each invoice. A sum changes only together with the entry that
//! changes it, so that both are true or neither.

mod bills;
mod charges;
mod check;
mod invoices;

pub use bills::{BillLine, BillList, BillTotals, RefundLine};
pub use charges::{ChargeError, NumberedCharge};
pub use check::{Drift, Found};
pub use invoices::{CreditError, IssueError, NewInvoice, PostError, Receipt, Stay, WholeInvoice};

use domain::{
    billing::{Balance, BillingAccount, Charge, Charged, Entry, charge::Reversal},
    id::{AdmissionId, InvoiceId, PatientId},
};
use serde::{Deserialize, Serialize};

use super::{
    Key, Record, StoreError,
    keys::{self, IndexKey},
    number, text,
    transact::{NEW, Transaction},
};

/// How often something is tried again when others change the same account or invoice at the same moment.
const TRIES: usize = 60;

impl Record for Charge {
    const KIND: &'static str = "charge";
    fn key(&self) -> Key {
        keys::charge(self.patient_id, self.number)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient_id)
    }
}

impl Record for Reversal {
    const KIND: &'static str = "charge_reversal";
    fn key(&self) -> Key {
        keys::charge_reversal(self.patient_id, self.number)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient_id)
    }
}

impl Record for Charged {
    const KIND: &'static str = "charged";
    fn key(&self) -> Key {
        keys::charged(self.patient_id, self.source)
    }
}

impl Record for Entry {
    const KIND: &'static str = "invoice_entry";
    fn key(&self) -> Key {
        keys::invoice_entry(self.patient_id, self.invoice_id, self.entry)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient_id)
    }
}

/// Who wrote it is in the entries.
impl Record for Balance {
    const KIND: &'static str = "invoice_balance";
    fn key(&self) -> Key {
        keys::invoice_balance(self.patient_id, self.id)
    }
}

/// What the index has of an account: the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedAccount {
    pub patient_id: PatientId,
}

impl Record for BillingAccount {
    const KIND: &'static str = "billing_account";
    fn key(&self) -> Key {
        keys::billing_account(self.patient_id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_billing_account(self.patient_id))
    }
    fn entry(&self) -> Option<impl Serialize> {
        Some(ListedAccount { patient_id: self.patient_id })
    }
}

/// Which invoice has the charges up to a number.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Billed {
    patient_id: PatientId,
    last: u32,
    invoice_id: InvoiceId,
}

impl Record for Billed {
    const KIND: &'static str = "billed";
    fn key(&self) -> Key {
        keys::billed(self.patient_id, self.last)
    }
}

/// That an invoice was issued at the end of a stay.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct BilledStay {
    patient_id: PatientId,
    admission_id: AdmissionId,
}

impl Record for BilledStay {
    const KIND: &'static str = "billed_stay";
    fn key(&self) -> Key {
        keys::billed_stay(self.patient_id, self.admission_id)
    }
}

/// The invoice with a number.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct NumberedInvoice {
    pub number: u64,
    pub patient_id: PatientId,
    pub invoice_id: InvoiceId,
}

impl Record for NumberedInvoice {
    const KIND: &'static str = "numbered_invoice";
    fn key(&self) -> Key {
        keys::numbered_invoice(self.number)
    }
}

/// The number of the last invoice.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct LastInvoice {
    issued: u64,
}

impl Record for LastInvoice {
    const KIND: &'static str = "last_invoice";
    fn key(&self) -> Key {
        keys::last_invoice()
    }
}

/// What a change of charges or an invoice makes of a patient's account. Payments may change what is outstanding at the same moment, so that is added
/// and never set.
fn write_account<E: From<StoreError>>(
    write: &mut Transaction<'_, E>,
    before: &BillingAccount,
    after: &BillingAccount,
    (outstanding, overpaid): (i64, i64),
    refuse: impl FnOnce() -> E + Send + 'static,
) -> Result<(), E> {
    let mut item = super::to_item(after)?;
    let version = before.version;
    let condition = if version == 0 { NEW.to_owned() } else { "version = :before".to_owned() };
    let mut set = Vec::new();
    for name in ["kind", "v", "patient_id", "gsi1pk", "gsi1sk", "entry", "charges", "invoiced", "reopened", "open", "version"] {
        set.extend(item.remove(name).map(|value| (name, value)));
    }
    let reopened = set.iter().any(|(name, _)| *name == "reopened");
    write.update(
        &after.key(),
        |update| {
            let sets: Vec<_> = set.iter().map(|(name, _)| format!("#{name} = :{name}")).collect();
            let removes = if reopened { "" } else { " REMOVE #reopened" };
            let mut update = update
                .update_expression(format!("SET {} ADD outstanding :outstanding, overpaid :overpaid{removes}", sets.join(", ")))
                .condition_expression(condition)
                .expression_attribute_values(":outstanding", number(outstanding))
                .expression_attribute_values(":overpaid", number(overpaid));
            if !reopened {
                update = update.expression_attribute_names("#reopened", "reopened");
            }
            if version > 0 {
                update = update.expression_attribute_values(":before", number(version));
            }
            set.into_iter().fold(update, |update, (name, value)| {
                update.expression_attribute_names(format!("#{name}"), name).expression_attribute_values(format!(":{name}"), value)
            })
        },
        |_| refuse(),
    )
}

/// What a posting makes of a patient's account.
fn add_to_account<E: From<StoreError>>(
    write: &mut Transaction<'_, E>,
    before: &Balance,
    after: &Balance,
    refuse: impl FnOnce() -> E + Send + 'static,
) -> Result<(), E> {
    let (outstanding, overpaid) = moved(before, after);
    if (outstanding, overpaid) == (0, 0) {
        return Ok(());
    }
    write.update(
        &keys::billing_account(after.patient_id),
        |update| {
            update
                .update_expression("ADD outstanding :outstanding, overpaid :overpaid")
                .condition_expression("kind = :kind")
                .expression_attribute_values(":kind", text(BillingAccount::KIND))
                .expression_attribute_values(":outstanding", number(outstanding))
                .expression_attribute_values(":overpaid", number(overpaid))
        },
        |_| refuse(),
    )
}

/// By how much a balance changes what the patient owes, and what was paid too much.
fn moved(before: &Balance, after: &Balance) -> (i64, i64) {
    (after.outstanding() - before.outstanding(), after.overpaid() - before.overpaid())
}
