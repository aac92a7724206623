//! `GET /patients/{patient_id}/invoices/{id}`: an invoice with its lines, and everything that was posted to it.

use axum::extract::State;
use domain::{
    billing::{ChargeKind, Line},
    id::{AdmissionId, InvoiceId, PatientId},
};
use http::{AppState, MoneyBody, Problem, Versioned};
use jiff::civil::Date;
use serde::Serialize;
use store::billing::WholeInvoice;
use utoipa::ToSchema;

use crate::{
    authority::OfInvoice,
    view::{EntryView, InvoiceSummary},
};

/// An invoice with its lines, and everything that was posted to it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvoiceView {
    #[serde(flatten)]
    invoice: InvoiceSummary,
    /// What all lines cost.
    subtotal: MoneyBody,
    discount: DiscountView,
    /// Of what is left after the discount.
    taxes: Vec<TaxView>,
    /// The stay at whose end it was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    admission_id: Option<AdmissionId>,
    /// One for each charge. They add up to the subtotal, the discount, the taxes and the total.
    lines: Vec<LineView>,
    /// Everything that was posted to it, the issue first.
    entries: Vec<EntryView>,
}

/// The discount, with what it follows from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DiscountView {
    /// What it takes off.
    amount: MoneyBody,
    #[schema(pattern = "^(100|[0-9]{1,2}(\\.[0-9]{1,2})?)$", example = "30")]
    percent: String,
    /// Why it is so much.
    rule: String,
    /// The patient's monthly income as it was known then.
    #[serde(skip_serializing_if = "Option::is_none")]
    monthly_income: Option<MoneyBody>,
    /// The highest income with this discount. Absent for incomes above all brackets, and when the income was not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    up_to: Option<MoneyBody>,
}

/// A tax on the lines of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaxView {
    /// What it is called.
    name: String,
    kind: ChargeKind,
    #[schema(pattern = "^(100|[0-9]{1,2}(\\.[0-9]{1,2})?)$", example = "7.5")]
    percent: String,
    /// Of what: these lines after the discount.
    base: MoneyBody,
    amount: MoneyBody,
}

/// A line of an invoice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineView {
    /// The number of the charge.
    charge: u32,
    kind: ChargeKind,
    what: String,
    /// The day on which it was done, or began.
    #[schema(value_type = String, format = Date)]
    on: Date,
    quantity: u32,
    unit_price: MoneyBody,
    /// What all units cost.
    amount: MoneyBody,
    /// Its share of the discount.
    discount: MoneyBody,
    /// Its share of the tax.
    tax: MoneyBody,
    /// What is to be paid for it.
    total: MoneyBody,
    /// Whether a credit note has taken it back.
    credited: bool,
}

pub(crate) fn whole(invoice: WholeInvoice, state: &AppState) -> InvoiceView {
    let WholeInvoice { balance, issued, lines, entries } = invoice;
    let money = |minor| MoneyBody::from(balance.money(minor));
    let line = |line: Line| LineView {
        amount: money(line.amount),
        discount: money(line.discount),
        tax: money(line.tax),
        total: money(line.total()),
        credited: balance.is_void() || balance.credited_charges.contains(&line.charge.number),
        charge: line.charge.number,
        kind: line.charge.kind,
        what: line.charge.what,
        on: line.charge.on,
        quantity: line.charge.quantity,
        unit_price: line.charge.unit_price.into(),
    };
    let taxes = issued.taxes.iter().map(|tax| TaxView {
        name: issued.tax_name.clone(),
        kind: tax.kind,
        percent: tax.percent.to_string(),
        base: money(tax.base),
        amount: money(tax.amount),
    });
    InvoiceView {
        subtotal: money(issued.subtotal),
        discount: DiscountView {
            amount: money(issued.discount),
            percent: issued.rule.percent.to_string(),
            rule: issued.rule.in_words(),
            monthly_income: issued.rule.income.map(Into::into),
            up_to: issued.rule.up_to.map(Into::into),
        },
        taxes: taxes.collect(),
        admission_id: issued.admission_id,
        lines: lines.into_iter().map(line).collect(),
        entries: entries.into_iter().map(|entry| EntryView::of(entry, state)).collect(),
        invoice: InvoiceSummary::of(balance, state),
    }
}

/// Read an invoice
#[utoipa::path(get, path = "/patients/{patient_id}/invoices/{id}", tag = "invoices", operation_id = "get_invoice",
    params(("patient_id" = PatientId, Path), ("id" = InvoiceId, Path)), responses((status = 200, body = Versioned<InvoiceView>)))]
pub(crate) async fn get(State(state): State<AppState>, of: OfInvoice) -> Result<Versioned<InvoiceView>, Problem> {
    let invoice = state.store.invoice_whole(of.access.patient.id, of.id).await?.ok_or_else(|| Problem::not_found("invoice"))?;
    Ok(Versioned { version: invoice.balance.version, body: whole(invoice, &state) })
}
