//! `POST /patients/{patient_id}/invoices/{id}/refunds/{refund}/complete`: the money was paid back.

use axum::extract::State;
use domain::{
    billing::{NotPosted, Posting, Tender},
    id::{InvoiceId, PatientId},
    text::Reference,
};
use http::{AppState, Fields, Json, Path, Problem, Versioned};
use serde::Deserialize;
use store::billing::PostError;
use utoipa::ToSchema;

use crate::{authority::InBooks, refused::NotCompleted, view::PostedView};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompleteRefundRequest {
    #[schema(value_type = Tender)]
    tender: Option<String>,
    /// What it can be found by, such as the number of a transfer.
    #[schema(value_type = Option<Reference>)]
    reference: Option<String>,
}

/// Complete a refund
///
/// When the money is on its way to the patient, who gets an email.
#[utoipa::path(post, path = "/patients/{patient_id}/invoices/{id}/refunds/{refund}/complete", tag = "payments", operation_id = "complete_refund",
    params(("patient_id" = PatientId, Path), ("id" = InvoiceId, Path), ("refund" = u64, Path, minimum = 1, maximum = 99999)),
    request_body = CompleteRefundRequest, responses((status = 200, body = Versioned<PostedView>), NotCompleted))]
pub(crate) async fn complete(
    State(state): State<AppState>,
    of: InBooks,
    Path(refund): Path<u64>,
    Json(request): Json<CompleteRefundRequest>,
) -> Result<Versioned<PostedView>, Problem> {
    let mut fields = Fields::default();
    let tender = fields.required("tender", request.tender, |text| Tender::parse(&text));
    let reference = fields.optional("reference", request.reference, |text| Reference::parse(&text));
    let (Some(tender), Some(reference)) = (tender, reference) else { return Err(fields.problem()) };
    let make = |balance: &domain::billing::Balance| {
        let open = balance.refunds.iter().find(|open| open.refund == refund).ok_or(PostError::Not(NotPosted::NoRefund))?;
        Ok(Posting::Refunded { refund, amount: open.amount, tender, reference: reference.clone() })
    };
    of.post(&state, make).await
}
