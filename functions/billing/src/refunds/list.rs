//! `GET /refunds`: money that is to be paid back.

use axum::extract::State;
use domain::{
    billing::balance::number_in_words,
    id::{InvoiceId, PatientId, UserId},
    instant::Instant,
    mrn::Mrn,
    text::{PersonName, Reason},
};
use http::{AppState, Json, Listing, MoneyBody, NoFilter, Page, Problem, auth::Caller};
use serde::Serialize;
use store::billing::RefundLine;
use utoipa::ToSchema;

/// Refunds of one invoice that are on their way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RefundsView {
    patient_id: PatientId,
    patient_name: PersonName,
    mrn: Mrn,
    invoice_id: InvoiceId,
    #[schema(pattern = "^[0-9]{6,20}$", example = "000042")]
    invoice_number: String,
    refunds: Vec<OpenRefundView>,
}

/// A refund that is on its way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpenRefundView {
    /// The entry with which it was asked for.
    refund: u64,
    /// The entry of the payment.
    payment: u64,
    amount: MoneyBody,
    /// Who asks for it. Somebody else has to approve it.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_by: Option<UserId>,
    asked_at: Instant,
    /// Why.
    reason: Reason,
    /// Whether it is approved, and waits to be paid.
    approved: bool,
}

/// List the refunds that are on their way
///
/// By invoice, the oldest invoice first. A change shows a moment later.
#[utoipa::path(get, path = "/refunds", tag = "payments", operation_id = "list_refunds", params(Listing<NoFilter>),
    responses((status = 200, body = Page<RefundsView>)))]
pub(crate) async fn list(State(state): State<AppState>, _: Caller, listing: Listing<NoFilter>) -> Result<Json<Page<RefundsView>>, Problem> {
    let after = listing.after(&state.cursors, "refunds")?;
    let found = state.store.refund_list(after.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal("refunds", &last.position));
    let money = |minor| MoneyBody::from(domain::money::Money::of_minor(minor, state.hospital.currency));
    let line = |line: RefundLine| RefundsView {
        patient_id: line.patient_id,
        patient_name: line.patient_name,
        mrn: line.mrn,
        invoice_id: line.invoice_id,
        invoice_number: number_in_words(line.number),
        refunds: (line.refunds.into_iter())
            .map(|open| OpenRefundView {
                refund: open.refund,
                payment: open.payment,
                amount: money(open.amount),
                asked_by: open.asked_by,
                asked_at: state.hospital.instant(open.asked_at),
                reason: open.reason,
                approved: open.approved,
            })
            .collect(),
    };
    Ok(Json(page.map(|found| line(found.entry))))
}
