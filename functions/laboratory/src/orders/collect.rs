//! `POST /patients/{patient_id}/lab-orders/{id}/collect`: a specimen is taken.

use axum::extract::State;
use domain::{
    Invalid,
    id::{LabOrderId, PatientId},
    instant::{Instant, parse_instant},
    lab_order::LabOrderStep,
    record::vitals::CLOCKS_DIFFER,
};
use http::{AppState, Fields, Json, Problem, Versioned};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{LabOrderView, due, written};
use crate::{
    authority::OfOrder,
    refused::{NotStepped, not_taken},
};

/// How long before now a specimen may have been taken: brought from home, or taken in the night.
const AT_MOST_AGO: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CollectRequest {
    /// When it was taken, at most seven days ago. When left out: now.
    #[schema(value_type = Option<Instant>)]
    taken_at: Option<String>,
}

/// Note that a specimen is taken
///
/// By the laboratory, or on the ward. What is due counts from here.
#[utoipa::path(post, path = "/patients/{patient_id}/lab-orders/{id}/collect", tag = "lab orders", operation_id = "collect_specimen",
    params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path)), request_body = CollectRequest,
    responses((status = 200, body = Versioned<LabOrderView>), NotStepped))]
pub(crate) async fn collect(
    State(state): State<AppState>,
    of: OfOrder,
    Json(request): Json<CollectRequest>,
) -> Result<Versioned<LabOrderView>, Problem> {
    let mut fields = Fields::default();
    let taken_at = fields.optional("taken_at", request.taken_at, |text| not_long_ago(parse_instant(&text)?, &of, &state));
    let Some(taken_at) = taken_at else { return Err(fields.problem()) };
    let step = of.step(LabOrderStep::Collect, None, &state);
    let taken_at = taken_at.unwrap_or(step.at);
    let mut after = of.order.clone().take(step).map_err(not_taken)?;
    after.taken_at = Some(taken_at);
    written(&of, due(after, &state).await?, &state).await
}

fn not_long_ago(at: Timestamp, of: &OfOrder, state: &AppState) -> Result<Timestamp, Invalid> {
    let now = state.clock.now();
    if at > now.saturating_add(CLOCKS_DIFFER).unwrap_or(now) {
        return Err(Invalid::new("in_the_future", "Give a time that is not in the future."));
    }
    let born = of.patient.date_of_birth.filter(|_| !of.patient.date_of_birth_estimated);
    let born = born.map(|born| state.hospital.midnight(born.date()));
    if now.duration_since(at) > AT_MOST_AGO || born.is_some_and(|born| at < born) {
        return Err(Invalid::new("too_long_ago", "Give a time of the last seven days, and not before the patient was born."));
    }
    if of.order.last(LabOrderStep::Reject).is_some_and(|rejected| at < rejected.at) {
        return Err(Invalid::new("rejected", "The last specimen was rejected after that. Another one has to be taken."));
    }
    Ok(at)
}
