//! `GET /patients/{patient_id}/invoices`: a patient's invoices.

use axum::extract::State;
use domain::id::{InvoiceId, PatientId};
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};

use crate::view::InvoiceSummary;

/// How many are on a page at most: the units that a page costs are limited.
const ON_A_PAGE: usize = 10;

/// List the invoices of a patient
///
/// The latest first, each with how it stands now. A page has at most 10.
#[utoipa::path(get, path = "/patients/{patient_id}/invoices", tag = "invoices", operation_id = "list_invoices_of_patient",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<InvoiceSummary>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<InvoiceSummary>>, Problem> {
    let (list, limit) = (format!("invoices?{}", access.patient.id), listing.limit.min(ON_A_PAGE));
    let before = listing.after(&state.cursors, &list)?;
    let before =
        before.map(|id| id.parse::<InvoiceId>().map_err(|_| Problem::bad_request("invalid_cursor", "Send `next_cursor` unchanged.")));
    let found = state.store.invoice_list(access.patient.id, before.transpose()?, limit + 1).await?;
    let page = Page::cut(found, limit, |last| state.cursors.seal(&list, &last.id.to_string()));
    Ok(Json(page.map(|balance| InvoiceSummary::of(balance, &state))))
}
