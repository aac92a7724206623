//! `GET /invoices`: the invoices of all patients.

use axum::extract::State;
use domain::{
    billing::{InvoiceStatus, balance::number_in_words},
    id::{InvoiceId, PatientId},
    instant::Instant,
    money::Money,
    mrn::Mrn,
    text::PersonName,
    turnaround::Month,
    ward::Ward,
};
use http::{AppState, Fields, Json, Listing, MoneyBody, Page, Problem, auth::Caller};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::billing::{BillLine, BillList};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct InvoiceQuery {
    /// Only those that stand like this. `overdue` begins in the morning after the due day.
    #[param(value_type = Option<InvoiceStatus>)]
    status: Option<String>,
    /// Only those of patients who lay on this ward.
    #[param(value_type = Option<Ward>)]
    ward: Option<String>,
    /// The first month in which they were issued, in the hospital's time zone.
    #[param(value_type = Option<String>, pattern = "^[1-9][0-9]{3}-(0[1-9]|1[0-2])$", example = "2026-03")]
    from: Option<String>,
    /// The last month in which they were issued.
    #[param(value_type = Option<String>, pattern = "^[1-9][0-9]{3}-(0[1-9]|1[0-2])$", example = "2026-03")]
    to: Option<String>,
}

/// An invoice in the list of all.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedInvoice {
    id: InvoiceId,
    #[schema(pattern = "^[0-9]{6,20}$", example = "000042")]
    number: String,
    patient_id: PatientId,
    /// The patient's name when it was issued.
    patient_name: PersonName,
    mrn: Mrn,
    #[serde(skip_serializing_if = "Option::is_none")]
    ward: Option<Ward>,
    issued_at: Instant,
    #[schema(value_type = String, format = Date)]
    due_on: Date,
    status: InvoiceStatus,
    /// What the invoice says, less what was credited.
    total: MoneyBody,
    /// What was paid, less what was paid back.
    paid: MoneyBody,
    outstanding: MoneyBody,
    /// What was paid too much, and can be paid back.
    overpaid: MoneyBody,
}

/// What all invoices of a list add up to, not only those on the page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TotalsView {
    invoices: i64,
    /// What the invoices say, less what was credited.
    total: MoneyBody,
    /// What was paid, less what was paid back.
    paid: MoneyBody,
    outstanding: MoneyBody,
    /// What was paid too much, and can be paid back.
    overpaid: MoneyBody,
}

/// A page of invoices, and what the whole list adds up to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvoicesView {
    /// In the list's order.
    items: Vec<ListedInvoice>,
    /// Send this as `cursor` for the next page. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    totals: TotalsView,
}

/// List the invoices of all patients
///
/// The latest first, with what the whole list adds up to. A change shows a moment later.
#[utoipa::path(get, path = "/invoices", tag = "invoices", operation_id = "list_invoices",
    params(Listing<InvoiceQuery>), responses((status = 200, body = InvoicesView)))]
pub(crate) async fn all(State(state): State<AppState>, _: Caller, listing: Listing<InvoiceQuery>) -> Result<Json<InvoicesView>, Problem> {
    let (mut fields, query) = (Fields::default(), listing.filter.clone());
    let status = fields.optional("status", query.status, |text| InvoiceStatus::parse(&text));
    let ward = fields.optional("ward", query.ward, |text| Ward::parse(&text));
    let from = fields.optional("from", query.from, |text| text.parse::<Month>());
    let to = fields.optional("to", query.to, |text| text.parse::<Month>());
    let (Some(status), Some(ward), Some(from), Some(to)) = (status, ward, from, to) else { return Err(fields.problem()) };
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(Problem::invalid_field("to", "before_from", "The last month is before the first one."));
    }
    let month = |month: Option<Month>| month.map(|month| month.to_string()).unwrap_or_default();
    let names = (status.map_or("", InvoiceStatus::as_str), ward.map_or("", Ward::as_str));
    let list = format!("invoices?{}&{}&{}&{}", names.0, names.1, month(from), month(to));
    let before = listing.after(&state.cursors, &list)?;
    let wanted = BillList { status, ward, from, to };
    let found = state.store.bill_list(wanted, &state.hospital.zone, before.as_deref(), listing.limit + 1).await?;
    let totals = state.store.bill_totals(wanted).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    let money = |minor| MoneyBody::from(Money::of_minor(minor, state.hospital.currency));
    let line = |line: BillLine| ListedInvoice {
        id: line.id,
        number: number_in_words(line.number),
        patient_id: line.patient_id,
        patient_name: line.patient_name,
        mrn: line.mrn,
        ward: line.ward,
        issued_at: state.hospital.instant(line.issued_at),
        due_on: line.due_on,
        status: line.status,
        total: money(line.total),
        paid: money(line.paid),
        outstanding: money(line.outstanding),
        overpaid: money(line.overpaid),
    };
    let totals = TotalsView {
        invoices: totals.invoices,
        total: money(totals.total),
        paid: money(totals.paid),
        outstanding: money(totals.outstanding),
        overpaid: money(totals.overpaid),
    };
    let Page { items, next_cursor } = page.map(|found| line(found.entry));
    Ok(Json(InvoicesView { items, next_cursor, totals }))
}
