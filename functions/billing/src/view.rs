//! Shapes that several endpoints answer with.

use domain::{
    billing::{Balance, Entry, InvoiceStatus, Posting, Tender, balance::number_in_words},
    id::{InvoiceId, PatientId, UserId},
    instant::Instant,
    mrn::Mrn,
    text::{PersonName, Reason, Reference},
    ward::Ward,
};
use http::{AppState, MoneyBody, Versioned};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// An invoice and how it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvoiceSummary {
    id: InvoiceId,
    /// Counts all invoices of the hospital, without gaps.
    #[schema(pattern = "^[0-9]{6,20}$", example = "000042")]
    number: String,
    patient_id: PatientId,
    /// The patient's name when it was issued.
    patient_name: PersonName,
    mrn: Mrn,
    /// The ward on which the patient lay. Absent for who was in no bed.
    #[serde(skip_serializing_if = "Option::is_none")]
    ward: Option<Ward>,
    issued_at: Instant,
    /// Until when it is to be paid.
    #[schema(value_type = String, format = Date)]
    due_on: Date,
    status: InvoiceStatus,
    /// What the invoice says.
    total: MoneyBody,
    /// What credit notes take off it.
    credited: MoneyBody,
    /// What was paid, without payments that were taken back.
    paid: MoneyBody,
    /// What was paid back.
    refunded: MoneyBody,
    /// What is still to be paid: the total, less what was credited and paid, plus what was paid back.
    outstanding: MoneyBody,
    /// What was paid too much.
    overpaid: MoneyBody,
}

impl InvoiceSummary {
    pub(crate) fn of(balance: Balance, state: &AppState) -> Self {
        let money = |minor| MoneyBody::from(balance.money(minor));
        Self {
            id: balance.id,
            number: number_in_words(balance.number),
            patient_id: balance.patient_id,
            ward: balance.ward,
            issued_at: state.hospital.instant(balance.issued_at),
            due_on: balance.due_on,
            status: balance.status(state.today()),
            total: money(balance.total),
            credited: money(balance.credited),
            paid: money(balance.paid),
            refunded: money(balance.refunded),
            outstanding: money(balance.outstanding()),
            overpaid: money(balance.overpaid()),
            patient_name: balance.patient_name,
            mrn: balance.mrn,
        }
    }
}

/// What was posted to an invoice.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Posted {
    /// It was issued.
    Issued,
    /// A payment.
    Paid,
    /// A payment did not happen.
    TakenBack,
    /// A credit note.
    Credited,
    /// Somebody asks to pay money back.
    RefundAsked,
    /// Another person agrees.
    RefundApproved,
    /// Another person does not agree, or it is withdrawn.
    RefundRejected,
    /// Money was paid back.
    Refunded,
    /// The patient was reminded to pay.
    Reminded,
}

/// An entry of an invoice. It never changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryView {
    invoice_id: InvoiceId,
    #[schema(pattern = "^[0-9]{6,20}$", example = "000042")]
    invoice_number: String,
    /// Its place among the entries of the invoice: 1, 2, 3 and so on, without gaps.
    entry: u64,
    at: Instant,
    /// Who. Absent when nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<UserId>,
    what: Posted,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<MoneyBody>,
    /// The number of a receipt or of a credit note.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[0-9]{6,20}-C?[0-9]+$", example = "000042-1")]
    document_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tender: Option<Tender>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<Reference>,
    /// The day on which the money came, if it is another one than that of the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    received_on: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// The entry of the payment that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<u64>,
    /// The entry of the refund that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund: Option<u64>,
    /// The charges that a credit note is for. Absent when it is for all that was left.
    #[serde(skip_serializing_if = "Option::is_none")]
    charges: Option<Vec<u32>>,
    /// Whether the next invoice has the charges of a credit note again.
    #[serde(skip_serializing_if = "Option::is_none")]
    bill_again: Option<bool>,
}

impl EntryView {
    pub(crate) fn of(entry: Entry, state: &AppState) -> Self {
        let number = number_in_words(entry.number);
        let money = |minor| Some(MoneyBody::from(domain::money::Money::of_minor(minor, state.hospital.currency)));
        let mut view = Self {
            invoice_id: entry.invoice_id,
            entry: entry.entry,
            at: state.hospital.instant(entry.at),
            by: entry.by,
            what: Posted::Issued,
            amount: None,
            document_number: None,
            tender: None,
            reference: None,
            received_on: None,
            reason: None,
            payment: None,
            refund: None,
            charges: None,
            bill_again: None,
            invoice_number: number.clone(),
        };
        match entry.posting {
            Posting::Issued(issued) => view.amount = money(issued.total),
            Posting::Paid { receipt, amount, tender, reference, received_on, .. } => {
                view.received_on = received_on;
                (view.what, view.amount, view.tender, view.reference) = (Posted::Paid, money(amount), Some(tender), reference);
                view.document_number = Some(format!("{number}-{receipt}"));
            }
            Posting::TakenBack { payment, amount, reason } => {
                (view.what, view.amount, view.payment, view.reason) = (Posted::TakenBack, money(amount), Some(payment), Some(reason));
            }
            Posting::Credited { note, amount, charges, bill_again, reason } => {
                (view.what, view.amount, view.reason) = (Posted::Credited, money(amount), reason);
                view.document_number = Some(format!("{number}-C{note}"));
                (view.charges, view.bill_again) = (Some(charges).filter(|charges| !charges.is_empty()), Some(bill_again));
            }
            Posting::RefundAsked { payment, amount, reason, .. } => {
                (view.what, view.amount, view.payment, view.reason) = (Posted::RefundAsked, money(amount), Some(payment), Some(reason));
            }
            Posting::RefundApproved { refund } => (view.what, view.refund) = (Posted::RefundApproved, Some(refund)),
            Posting::RefundRejected { refund, reason } => {
                (view.what, view.refund, view.reason) = (Posted::RefundRejected, Some(refund), Some(reason));
            }
            Posting::Refunded { refund, amount, tender, reference } => {
                (view.what, view.amount, view.tender, view.reference) = (Posted::Refunded, money(amount), Some(tender), reference);
                view.refund = Some(refund);
            }
            Posting::Reminded { .. } => view.what = Posted::Reminded,
        }
        view
    }
}

/// What was posted, and how the invoice stands now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PostedView {
    entry: EntryView,
    invoice: InvoiceSummary,
}

impl PostedView {
    pub(crate) fn of(receipt: store::billing::Receipt, state: &AppState) -> Versioned<Self> {
        let version = receipt.balance.version;
        let (entry, invoice) = (EntryView::of(receipt.entry, state), InvoiceSummary::of(receipt.balance, state));
        Versioned { version, body: Self { entry, invoice } }
    }
}
