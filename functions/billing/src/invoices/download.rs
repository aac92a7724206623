//! `GET /patients/{patient_id}/invoices/{id}/invoice.pdf`: the invoice as a file.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use domain::{
    billing::balance::number_in_words,
    id::{InvoiceId, PatientId},
};
use http::{AppState, Problem};
use store::billing::WholeInvoice;

use crate::authority::OfInvoice;

/// Download an invoice
///
/// As it stands now: with what was paid and credited since, and what is outstanding.
#[utoipa::path(get, path = "/patients/{patient_id}/invoices/{id}/invoice.pdf", tag = "invoices", operation_id = "download_invoice",
    params(("patient_id" = PatientId, Path), ("id" = InvoiceId, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf")))]
pub(crate) async fn download(State(state): State<AppState>, of: OfInvoice) -> Result<Response, Problem> {
    let whole = state.store.invoice_whole(of.access.patient.id, of.id).await?.ok_or_else(|| Problem::not_found("invoice"))?;
    let WholeInvoice { balance, issued, lines, entries } = &whole;
    let document = pdf::invoice::document(&state.hospital, pdf::invoice::Invoice { balance, issued, lines, entries });
    let file = pdf::render(&document).map_err(|error| Problem::internal(&error))?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"invoice-{}.pdf\"", number_in_words(balance.number))),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, file).into_response())
}
