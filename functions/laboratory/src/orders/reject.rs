//! `POST /patients/{patient_id}/lab-orders/{id}/reject`: a specimen cannot be used.

use axum::extract::State;
use domain::{
    id::{LabOrderId, PatientId},
    lab_order::LabOrderStep,
    text::Reason,
};
use http::{AppState, Fields, Json, Problem, Versioned};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{LabOrderView, step};
use crate::{authority::OfOrder, refused::NotStepped};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RejectRequest {
    /// Why: `haemolysed`, `not labelled`. The patient can read it.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Reject a specimen
///
/// The order waits for another one. The patient gets an email; of somebody in the hospital, the doctor does.
#[utoipa::path(post, path = "/patients/{patient_id}/lab-orders/{id}/reject", tag = "lab orders", operation_id = "reject_specimen",
    params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path)), request_body = RejectRequest,
    responses((status = 200, body = Versioned<LabOrderView>), NotStepped))]
pub(crate) async fn reject(
    State(state): State<AppState>,
    of: OfOrder,
    Json(request): Json<RejectRequest>,
) -> Result<Versioned<LabOrderView>, Problem> {
    let mut fields = Fields::default();
    let reason = fields.required("reason", request.reason, |text| Reason::parse(&text));
    let Some(reason) = reason else { return Err(fields.problem()) };
    step(of, LabOrderStep::Reject, Some(reason), &state).await
}
