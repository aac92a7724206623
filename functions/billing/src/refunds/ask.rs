//! `POST /patients/{patient_id}/invoices/{id}/refunds`: money is to be paid back.

use axum::extract::State;
use domain::{
    billing::{NotPosted, Posting},
    id::{InvoiceId, PatientId},
    text::Reason,
};
use http::{AppState, Fields, Json, MoneyBody, Problem, Versioned, whole};
use serde::Deserialize;
use store::billing::PostError;
use utoipa::ToSchema;

use crate::{authority::InBooks, charges::add::more_than_zero, payments::take_back::paid, refused::NotAsked, view::PostedView};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefundRequest {
    /// The entry of the payment.
    #[schema(value_type = u64, minimum = 1, maximum = 99999)]
    payment: Option<i64>,
    /// How much: at most what is left of the payment.
    #[schema(value_type = MoneyBody)]
    amount: Option<MoneyBody>,
    /// Whether it may be more than what is overpaid: the rest is outstanding again then, and the patient has to pay it. When left out: no. What was not
    /// done is credited first.
    owed_again: Option<bool>,
    /// Why. The patient can read it.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Ask for a refund
///
/// Of one payment, all of it or a part. From now on nobody else can pay that money back. Another accountant or an administrator approves or rejects
/// it: the accountant on duty gets an email, or the administrators if there is no other one. The refund has the number of this entry.
#[utoipa::path(post, path = "/patients/{patient_id}/invoices/{id}/refunds", tag = "payments", operation_id = "ask_for_refund",
    params(("patient_id" = PatientId, Path), ("id" = InvoiceId, Path)), request_body = RefundRequest,
    responses((status = 200, body = Versioned<PostedView>), NotAsked))]
pub(crate) async fn ask(
    State(state): State<AppState>,
    of: InBooks,
    Json(request): Json<RefundRequest>,
) -> Result<Versioned<PostedView>, Problem> {
    let mut fields = Fields::default();
    let payment = fields.required("payment", request.payment, |entry| whole::<u64>(entry, 1, 99_999));
    let amount = fields.required("amount", request.amount, |body| more_than_zero(body.parse(state.hospital.currency)?));
    let reason = fields.required("reason", request.reason, |text| Reason::parse(&text));
    let (Some(payment), Some(amount), Some(reason)) = (payment, amount, reason) else { return Err(fields.problem()) };
    let paid = paid(&of, payment, &state).await?;
    let owed_again = request.owed_again.unwrap_or_default();
    let make = |balance: &domain::billing::Balance| {
        let (amount, refundable) = (amount.minor(), balance.refundable());
        if !owed_again && amount > refundable && amount <= balance.left_of(payment, paid) {
            return Err(PostError::Not(NotPosted::MoreThanOverpaid(refundable)));
        }
        Ok(Posting::RefundAsked { payment, of: paid, amount, reason: reason.clone() })
    };
    of.post(&state, make).await
}
