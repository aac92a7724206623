//! `POST /patients/{patient_id}/invoices/{id}/refunds/{refund}/approve`: another person agrees.

use axum::extract::State;
use domain::{
    billing::Posting,
    id::{InvoiceId, PatientId},
};
use http::{AppState, NoBody, Path, Problem, Versioned};

use crate::{authority::InBooks, refused::NotApproved, view::PostedView};

/// Approve a refund
///
/// For another accountant or an administrator: nobody approves what they have asked for.
#[utoipa::path(post, path = "/patients/{patient_id}/invoices/{id}/refunds/{refund}/approve", tag = "payments", operation_id = "approve_refund",
    params(("patient_id" = PatientId, Path), ("id" = InvoiceId, Path), ("refund" = u64, Path, minimum = 1, maximum = 99999)),
    responses((status = 200, body = Versioned<PostedView>), NotApproved))]
pub(crate) async fn approve(
    State(state): State<AppState>,
    of: InBooks,
    Path(refund): Path<u64>,
    _: NoBody,
) -> Result<Versioned<PostedView>, Problem> {
    let make = |_: &domain::billing::Balance| Ok(Posting::RefundApproved { refund });
    of.post(&state, make).await
}
