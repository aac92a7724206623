//! `POST /patients/{patient_id}/lab-orders/{id}/acknowledge`: a doctor knows of a critical result.

use axum::{extract::State, http::StatusCode};
use domain::{
    critical_result::{Acknowledgement, CriticalResult},
    id::{LabOrderId, PatientId},
    instant::Instant,
    text::Reason,
};
use http::{AppState, Fields, Json, Problem, refusals};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::authority::OfOrder;

refusals! {
    pub(crate) NotAcknowledged {
        409 "not_critical",
        409 "already_acknowledged" { acknowledged_at: Instant },
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcknowledgeRequest {
    /// What is done about it.
    #[schema(value_type = Option<Reason>)]
    note: Option<String>,
}

/// Acknowledge a critical result
///
/// By a doctor who treats the patient, or one who is on duty. Nobody else is told of it then. A result that is entered or amended with a critical
/// value has to be acknowledged anew.
#[utoipa::path(post, path = "/patients/{patient_id}/lab-orders/{id}/acknowledge", tag = "lab orders", operation_id = "acknowledge_critical_result",
    params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path)), request_body = AcknowledgeRequest,
    responses((status = 204, description = "Acknowledged"), NotAcknowledged))]
pub(crate) async fn acknowledge(
    State(state): State<AppState>,
    of: OfOrder,
    Json(request): Json<AcknowledgeRequest>,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::default();
    let note = fields.optional("note", request.note, |text| Reason::parse(&text));
    let Some(note) = note else { return Err(fields.problem()) };
    let (patient, order) = (of.patient.id, of.order.listed.id);
    let before = state.store.critical_result(patient, order).await?;
    let before = before.ok_or_else(|| Problem::conflict("not_critical", "No value of this order is or was critical."))?;
    must_be_open(&before, &state)?;
    let author = of.author(&state);
    let acknowledged = Some(Acknowledgement { at: author.at, by: author.by, name: author.name, note });
    let after = CriticalResult { acknowledged, version: before.version + 1, ..before.clone() };
    if state.store.critical_result_change(&before, &after).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    // Somebody else did at this moment, or the values have changed.
    if let Some(now) = state.store.critical_result(patient, order).await? {
        must_be_open(&now, &state)?;
    }
    Err(Problem::stale())
}

fn must_be_open(critical: &CriticalResult, state: &AppState) -> Result<(), Problem> {
    let Some(acknowledged) = &critical.acknowledged else { return Ok(()) };
    let detail = "A doctor has acknowledged this critical result already.";
    Err(Problem::conflict("already_acknowledged", detail).with("acknowledged_at", state.hospital.instant(acknowledged.at)))
}
