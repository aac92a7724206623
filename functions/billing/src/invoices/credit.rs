//! `POST /patients/{patient_id}/invoices/{id}/credit-notes`: an invoice, or a part of it, was wrong.

use axum::extract::State;
use domain::{
    billing::invoice::MOST_CREDITED,
    id::{InvoiceId, PatientId},
    text::Reason,
};
use http::{AppState, Fields, Json, Problem, RequiredIfMatch, Versioned};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    authority::InBooks,
    refused::{NotCredited, not_credited},
    view::PostedView,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreditNoteRequest {
    /// The charges that are taken back, by the numbers that the lines have. When left out: everything that is left of the invoice, which is void then.
    #[schema(value_type = Option<Vec<u32>>, min_items = 1, max_items = 40)]
    charges: Option<Vec<u32>>,
    /// With `true`, and without `charges`: the next invoice has them again, with the discount that is right then.
    bill_again: Option<bool>,
    /// Why. The patient can read it.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Issue a credit note
///
/// An invoice never changes. A credit note takes lines of it back, each with its discount and tax, or all that is left. What was paid for them already
/// is overpaid then, and can be paid back. The patient gets an email. What was cancelled or corrected after it was invoiced gets its credit note by
/// itself.
#[utoipa::path(post, path = "/patients/{patient_id}/invoices/{id}/credit-notes", tag = "invoices", operation_id = "issue_credit_note",
    params(("patient_id" = PatientId, Path), ("id" = InvoiceId, Path), RequiredIfMatch), request_body = CreditNoteRequest,
    responses((status = 200, body = Versioned<PostedView>), NotCredited))]
pub(crate) async fn credit(
    State(state): State<AppState>,
    of: InBooks,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(request): Json<CreditNoteRequest>,
) -> Result<Versioned<PostedView>, Problem> {
    let mut fields = Fields::default();
    let reason = fields.required("reason", request.reason, |text| Reason::parse(&text));
    let again = request.bill_again.unwrap_or_default();
    if let Some(charges) = &request.charges {
        let mut once = charges.clone();
        once.sort_unstable();
        once.dedup();
        if charges.is_empty() || charges.len() > MOST_CREDITED {
            fields.refuse(
                "charges",
                "out_of_range",
                format!("Name 1 to {MOST_CREDITED} charges, or leave them out to take everything back."),
            );
        } else if once.len() < charges.len() {
            fields.refuse("charges", "duplicate", "Name each charge once.");
        }
        if again {
            fields.refuse("bill_again", "whole_invoice_only", "Only a whole invoice is billed again. Leave `charges` out.");
        }
    }
    let Some(reason) = reason.filter(|_| fields.is_empty()) else { return Err(fields.problem()) };
    let (invoice, by, now) = (of.invoice(), of.books.by, state.clock.now());
    let done = match request.charges {
        Some(charges) => state.store.invoice_credit_charges(invoice, &charges, (Some(reason), Some(by)), now, (Some(version), None)).await,
        None => state.store.invoice_credit_whole(invoice, (reason, by), again, now, version).await,
    };
    Ok(PostedView::of(done.map_err(not_credited)?, &state))
}
