//! `POST /patients/{patient_id}/invoices/{id}/payments/{entry}/take-back`: a payment did not happen.

use axum::extract::State;
use domain::{
    billing::Posting,
    id::{InvoiceId, PatientId},
    text::Reason,
};
use http::{AppState, Fields, Json, Path, Problem, Versioned};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    authority::InBooks,
    refused::{NotTakenBack, not_a_payment},
    view::PostedView,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeBackPaymentRequest {
    /// Why. The patient can read it.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Take a payment back
///
/// It was entered by mistake, or a bank has sent it back: no money goes to the patient. The entry stays, followed by this one. The patient gets an email. Where
/// money is paid back to the patient, ask for a refund.
#[utoipa::path(post, path = "/patients/{patient_id}/invoices/{id}/payments/{entry}/take-back", tag = "payments", operation_id = "take_payment_back",
    params(("patient_id" = PatientId, Path), ("id" = InvoiceId, Path), ("entry" = u64, Path, minimum = 1, maximum = 99999)),
    request_body = TakeBackPaymentRequest, responses((status = 200, body = Versioned<PostedView>), NotTakenBack))]
pub(crate) async fn take_back(
    State(state): State<AppState>,
    of: InBooks,
    Path(payment): Path<u64>,
    Json(request): Json<TakeBackPaymentRequest>,
) -> Result<Versioned<PostedView>, Problem> {
    let mut fields = Fields::default();
    let Some(reason) = fields.required("reason", request.reason, |text| Reason::parse(&text)) else { return Err(fields.problem()) };
    let amount = paid(&of, payment, &state).await?;
    let make = |_: &domain::billing::Balance| Ok(Posting::TakenBack { payment, amount, reason: reason.clone() });
    of.post(&state, make).await
}

/// How much an entry of the invoice paid.
pub(crate) async fn paid(of: &InBooks, entry: u64, state: &AppState) -> Result<i64, Problem> {
    let (patient, invoice) = of.invoice();
    let found = state.store.invoice_entry(patient, invoice, entry).await?.ok_or_else(|| Problem::not_found("payment"))?;
    match found.posting {
        Posting::Paid { amount, .. } => Ok(amount),
        _ => Err(not_a_payment()),
    }
}
