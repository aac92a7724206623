//! `POST /patients/{patient_id}/invoices/{id}/refunds/{refund}/reject`: no money is paid back.

use axum::extract::State;
use domain::{
    billing::Posting,
    id::{InvoiceId, PatientId},
    text::Reason,
};
use http::{AppState, Fields, Json, Path, Problem, Versioned};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{authority::InBooks, refused::NotRejected, view::PostedView};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RejectRefundRequest {
    /// Why. The patient can read it.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Reject a refund
///
/// Also for whoever has asked for it, and after it was approved, as long as it is not paid.
#[utoipa::path(post, path = "/patients/{patient_id}/invoices/{id}/refunds/{refund}/reject", tag = "payments", operation_id = "reject_refund",
    params(("patient_id" = PatientId, Path), ("id" = InvoiceId, Path), ("refund" = u64, Path, minimum = 1, maximum = 99999)),
    request_body = RejectRefundRequest, responses((status = 200, body = Versioned<PostedView>), NotRejected))]
pub(crate) async fn reject(
    State(state): State<AppState>,
    of: InBooks,
    Path(refund): Path<u64>,
    Json(request): Json<RejectRefundRequest>,
) -> Result<Versioned<PostedView>, Problem> {
    let mut fields = Fields::default();
    let Some(reason) = fields.required("reason", request.reason, |text| Reason::parse(&text)) else { return Err(fields.problem()) };
    let make = |_: &domain::billing::Balance| Ok(Posting::RefundRejected { refund, reason: reason.clone() });
    of.post(&state, make).await
}
