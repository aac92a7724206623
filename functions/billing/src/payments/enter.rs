//! `POST /patients/{patient_id}/invoices/{id}/payments`: somebody has paid.

use axum::extract::State;
use domain::{
    Invalid,
    billing::{Posting, Tender},
    id::{InvoiceId, PatientId},
    patient::parse_date,
    text::Reference,
};
use http::{AppState, Fields, Json, MoneyBody, Problem, Versioned};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{authority::InBooks, charges::add::more_than_zero, refused::NotPaid, view::PostedView};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaymentRequest {
    /// More than zero.
    #[schema(value_type = MoneyBody)]
    amount: Option<MoneyBody>,
    #[schema(value_type = Tender)]
    tender: Option<String>,
    /// What it can be found by, such as the number of a transfer.
    #[schema(value_type = Option<Reference>)]
    reference: Option<String>,
    /// The day on which the money came. When left out: today. At most a year ago.
    #[schema(value_type = Option<String>, format = Date)]
    received_on: Option<String>,
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
    let received_on = fields.optional("received_on", request.received_on, |text| received(&text, state.today()));
    let (Some(amount), Some(tender), Some(reference), Some(received_on)) = (amount, tender, reference, received_on) else {
        return Err(fields.problem());
    };
    let (overpayment, same_reference) = (request.overpayment.unwrap_or_default(), request.same_reference.unwrap_or_default());
    let make = |balance: &domain::billing::Balance| {
        let (receipt, amount) = (balance.payments + 1, amount.minor());
        Ok(Posting::Paid { receipt, amount, tender, reference: reference.clone(), received_on, overpayment, same_reference })
    };
    of.post(&state, make).await
}

/// The day on which money came.
fn received(text: &str, today: Date) -> Result<Date, Invalid> {
    let day = parse_date(text)?;
    let earliest = today.saturating_sub(jiff::Span::new().years(1));
    if (earliest..=today).contains(&day) {
        Ok(day)
    } else {
        Err(Invalid::new("out_of_range", "Give a day that is not in the future, and at most a year ago."))
    }
}
