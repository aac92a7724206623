//! `POST /patients/{patient_id}/invoices/{id}/payments`: somebody has paid.

use axum::extract::State;
use domain::{
    billing::{Posting, Tender},
    id::{InvoiceId, PatientId},
    text::Reference,
};
use http::{AppState, Fields, Json, MoneyBody, Problem, Versioned};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    authority::InBooks,
    charges::add::more_than_zero,
    refused::{NotPaid, not_posted},
    view::PostedView,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaymentRequest {
    /// More than zero.
    amount: Option<MoneyBody>,
    #[schema(value_type = Tender)]
    tender: Option<String>,
    /// What it can be found by, such as the number of a transfer.
    #[schema(value_type = Option<Reference>)]
    reference: Option<String>,
    /// Whether it may be more than what is outstanding. When left out: no.
    overpayment: Option<bool>,
    /// Whether it may have the reference of another payment of this invoice. When left out: no.
    same_reference: Option<bool>,
}

/// Enter a payment
///
/// All that is outstanding, or a part of it. It needs no `If-Match`: a payment is true whatever others do meanwhile, and together payments are never
/// more than what is outstanding unless somebody says so. Send an `Idempotency-Key`, so that a request that is sent twice is one payment. The patient
/// gets the receipt by email.
#[utoipa::path(post, path = "/patients/{patient_id}/invoices/{id}/payments", tag = "payments", operation_id = "enter_payment",
    params(("patient_id" = PatientId, Path), ("id" = InvoiceId, Path)), request_body = PaymentRequest,
    responses((status = 200, body = Versioned<PostedView>), NotPaid))]
pub(crate) async fn enter(
    State(state): State<AppState>,
    of: InBooks,
    Json(request): Json<PaymentRequest>,
) -> Result<Versioned<PostedView>, Problem> {
    let mut fields = Fields::default();
    let amount = fields.required("amount", request.amount, |body| more_than_zero(body.parse(state.hospital.currency)?));
    let tender = fields.required("tender", request.tender, |text| Tender::parse(&text));
    let reference = fields.optional("reference", request.reference, |text| Reference::parse(&text));
    let (Some(amount), Some(tender), Some(reference)) = (amount, tender, reference) else { return Err(fields.problem()) };
    let (overpayment, same_reference) = (request.overpayment.unwrap_or_default(), request.same_reference.unwrap_or_default());
    let make = |balance: &domain::billing::Balance| {
        let (receipt, amount) = (balance.payments + 1, amount.minor());
        Ok(Posting::Paid { receipt, amount, tender, reference: reference.clone(), overpayment, same_reference })
    };
    let posted = state.store.invoice_post(of.invoice(), (Some(of.books.by), state.clock.now()), make).await;
    Ok(PostedView::of(posted.map_err(|why| not_posted(why, &of.balance))?, &state))
}
