//! `GET /patients/{patient_id}/statement`: what a patient owes, and what was posted to their invoices.

use axum::extract::State;
use domain::{id::PatientId, money::Money};
use http::{AppState, Json, Listing, MoneyBody, NoFilter, Page, Problem, auth::PatientAccess};
use serde::Serialize;
use store::Record;
use utoipa::ToSchema;

use crate::view::EntryView;

/// How many entries are on a page at most: the units that a page costs are limited.
const ON_A_PAGE: usize = 20;

/// What a patient owes in all, and what was posted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatementView {
    /// What is still to be paid of all invoices.
    outstanding: MoneyBody,
    /// What was paid too much, and can be paid back.
    overpaid: MoneyBody,
    /// What the charges cost that are on no invoice yet, before discount and tax.
    not_invoiced: MoneyBody,
    /// In the list's order.
    items: Vec<EntryView>,
    /// Send this as `cursor` for the next page. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Read the statement of a patient
///
/// What is outstanding of all invoices, and everything that was posted to them: invoices, payments, credit notes and refunds. The latest invoice comes
/// first, and of each invoice the latest entry. A page has at most 20 entries.
#[utoipa::path(get, path = "/patients/{patient_id}/statement", tag = "invoices", operation_id = "get_statement",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = StatementView)))]
pub(crate) async fn statement(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<StatementView>, Problem> {
    let (list, limit) = (format!("statement?{}", access.patient.id), listing.limit.min(ON_A_PAGE));
    let before = listing.after(&state.cursors, &list)?;
    let found = state.store.statement(access.patient.id, before.as_deref(), limit + 1).await?;
    let account = state.store.billing_account(access.patient.id).await?;
    let page = Page::cut(found, limit, |last| state.cursors.seal(&list, &last.key().sk));
    let Page { items, next_cursor } = page.map(|entry| EntryView::of(entry, &state));
    let money = |minor| MoneyBody::from(Money::of_minor(minor, state.hospital.currency));
    Ok(Json(StatementView {
        outstanding: money(account.outstanding),
        overpaid: money(account.overpaid),
        not_invoiced: money(account.open),
        items,
        next_cursor,
    }))
}
