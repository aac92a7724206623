//! `POST /patients/{patient_id}/lab-orders/{id}/cancel`: call an order off.

use axum::extract::State;
use domain::{
    id::{LabOrderId, PatientId},
    lab_order::{LabOrderStatus, LabOrderStep, Side},
    record::prescription::LabTestStatus,
    text::Reason,
};
use http::{AppState, Fields, Json, Problem, Versioned};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{LabOrderView, prescription, view};
use crate::{
    authority::OfOrder,
    refused::{NotStepped, not_taken, not_written},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelLabOrderRequest {
    /// Why. The laboratory and doctors say it, the patient may.
    #[schema(value_type = Option<Reason>)]
    reason: Option<String>,
}

/// Cancel a lab order
///
/// As long as there is no result; the patient, as long as nobody has begun to examine the specimen. It costs nothing then, and the prescription can be taken to a laboratory again. The laboratory and the patient
/// get an email, unless they cancelled it themselves.
#[utoipa::path(post, path = "/patients/{patient_id}/lab-orders/{id}/cancel", tag = "lab orders", operation_id = "cancel_lab_order",
    params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path)), request_body = CancelLabOrderRequest,
    responses((status = 200, body = Versioned<LabOrderView>), NotStepped))]
pub(crate) async fn cancel(
    State(state): State<AppState>,
    of: OfOrder,
    Json(request): Json<CancelLabOrderRequest>,
) -> Result<Versioned<LabOrderView>, Problem> {
    let mut fields = Fields::default();
    let reason = fields.optional("reason", request.reason, |text| Reason::parse(&text));
    let Some(reason) = reason else { return Err(fields.problem()) };
    if of.side != Side::Patient && reason.is_none() {
        return Err(Problem::invalid_field("reason", "required", "Tell the others why."));
    }
    let status = of.order.listed.status;
    if of.side == Side::Patient && !matches!(status, LabOrderStatus::Ordered | LabOrderStatus::Collected | LabOrderStatus::Cancelled) {
        let detail = "The laboratory has begun to examine the specimen. Speak with the laboratory or the doctor.";
        return Err(Problem::conflict("wrong_status", detail).with("current_status", status));
    }
    let after = of.order.clone().take(of.step(LabOrderStep::Cancel, reason, &state)).map_err(not_taken)?;
    let given_back = prescription(&of, &state)
        .await?
        .filter(|entry| entry.content.status == LabTestStatus::Ordered && entry.content.order_id == Some(of.order.listed.id))
        .map(|entry| (entry.changed(of.author(&state), None, entry.content.given_back()), entry));
    let test = given_back.as_ref().map(|(after, before)| (before, after));
    match state.store.lab_order_cancel(&of.order, &after, test).await {
        Ok(()) => Ok(view(after, of.side, &state)),
        Err(why) => Err(not_written(why, &state, &of.order).await),
    }
}
