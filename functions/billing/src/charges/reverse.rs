//! `POST /patients/{patient_id}/charges/{number}/reverse`: a charge does not count.

use axum::extract::State;
use domain::{
    id::{InvoiceId, PatientId},
    text::Reason,
};
use http::{AppState, Fields, Json, Path, Problem, refusals};
use serde::Deserialize;
use store::billing::ChargeError;
use utoipa::ToSchema;

use super::{ChargeView, view};
use crate::authority::Bookkeeping;

refusals! {
    pub(crate) NotReversed {
        409 "reversed_already",
        409 "invoiced" { invoice_id: InvoiceId },
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReverseChargeRequest {
    /// Why. The patient can read it.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Reverse a charge
///
/// For a charge that is on no invoice. It stays in the list, with who reversed it and why, and no invoice has it. What it follows from does not charge
/// it again. A charge that is on an invoice is taken back with a credit note.
#[utoipa::path(post, path = "/patients/{patient_id}/charges/{number}/reverse", tag = "charges", operation_id = "reverse_charge",
    params(("patient_id" = PatientId, Path), ("number" = u32, Path, minimum = 1)), request_body = ReverseChargeRequest,
    responses((status = 200, body = ChargeView), NotReversed))]
pub(crate) async fn reverse(
    State(state): State<AppState>,
    books: Bookkeeping,
    Path(number): Path<u32>,
    Json(request): Json<ReverseChargeRequest>,
) -> Result<Json<ChargeView>, Problem> {
    let patient = books.patient.id;
    let mut fields = Fields::default();
    let Some(reason) = fields.required("reason", request.reason, |text| Reason::parse(&text)) else { return Err(fields.problem()) };
    match state.store.charge_reverse(patient, number, books.by, &reason, state.clock.now()).await {
        Ok(charge) => {
            let account = state.store.billing_account(patient).await?;
            Ok(Json(view(charge, &account, &state)))
        }
        Err(ChargeError::Unknown) => Err(Problem::not_found("charge")),
        Err(ChargeError::Reversed) => Err(Problem::conflict("reversed_already", "This charge was reversed already.")),
        Err(ChargeError::Invoiced) => {
            let problem = Problem::conflict("invoiced", "This charge is on an invoice. Take it back with a credit note of that invoice.");
            Err(match state.store.invoice_of_charge(patient, number).await? {
                Some(invoice) => problem.with("invoice_id", invoice),
                None => problem,
            })
        }
        Err(ChargeError::Moved) => Err(Problem::stale()),
        Err(ChargeError::Store(error)) => Err(error.into()),
    }
}
