//! `GET /invoices/{number}`: whose invoice has a number.

use axum::extract::State;
use http::{AppState, Path, Problem, Versioned, auth::Caller};
use store::trail;

use crate::view::InvoiceSummary;

/// Find an invoice by its number
///
/// Patients give the number with their payment.
#[utoipa::path(get, path = "/invoices/{number}", tag = "invoices", operation_id = "get_invoice_by_number",
    params(("number" = String, Path, pattern = "^[0-9]{1,15}$", example = "000042")),
    responses((status = 200, body = Versioned<InvoiceSummary>)))]
pub(crate) async fn numbered(
    State(state): State<AppState>,
    _: Caller,
    number: Result<Path<u64>, Problem>,
) -> Result<Versioned<InvoiceSummary>, Problem> {
    let missing = || Problem::not_found("invoice");
    let Path(number) = number.map_err(|_| missing())?;
    let found = state.store.invoice_numbered(number).await?.ok_or_else(missing)?;
    trail::patient(found.patient_id);
    let balance = state.store.invoice_balance(found.patient_id, found.invoice_id).await?.ok_or_else(missing)?;
    Ok(Versioned { version: balance.version, body: InvoiceSummary::of(balance, &state) })
}
