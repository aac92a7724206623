//! `POST /patients/{patient_id}/allocations/{id}/cancel`: give up what is set aside.

use axum::extract::State;
use domain::{
    allocation::{AllocationEnd, AllocationStatus},
    id::{AllocationId, PatientId},
    text::Reason,
};
use http::{AppState, Fields, Json, Problem, Versioned};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{AllocationView, view};
use crate::{
    authority::OfAllocation,
    refused::{HasEnded, has_ended, not_ended},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelAllocationRequest {
    /// Why. The pharmacy says it, the patient may.
    #[schema(value_type = Option<Reason>)]
    reason: Option<String>,
}

/// Cancel an allocation
///
/// For the patient and for the pharmacy. The units go back to the stock and to the prescription, and cost nothing. The other side gets an email.
#[utoipa::path(post, path = "/patients/{patient_id}/allocations/{id}/cancel", tag = "dispensing", operation_id = "cancel_allocation",
    params(("patient_id" = PatientId, Path), ("id" = AllocationId, Path)), request_body = CancelAllocationRequest,
    responses((status = 200, body = Versioned<AllocationView>), HasEnded))]
pub(crate) async fn cancel(
    State(state): State<AppState>,
    of: OfAllocation,
    Json(request): Json<CancelAllocationRequest>,
) -> Result<Versioned<AllocationView>, Problem> {
    let mut fields = Fields::default();
    let reason = fields.optional("reason", request.reason, |text| Reason::parse(&text));
    let Some(reason) = reason else { return Err(fields.problem()) };
    if of.by_pharmacy && reason.is_none() {
        return Err(Problem::invalid_field("reason", "required", "Tell the patient why."));
    }
    let (before, now) = (of.allocation, state.clock.now());
    let end = AllocationEnd { at: now, by: Some(of.caller.user_id), by_pharmacy: of.by_pharmacy, units: 0, reason, accepted: None };
    let ending = before.clone().end(AllocationStatus::Cancelled, end, state.today()).map_err(|ended| has_ended(ended.0))?;
    match state.store.allocation_end(&before, &ending, state.store.movement_id(now)?, now, None).await {
        Ok(()) => Ok(view(ending.allocation, &state)),
        Err(why) => Err(not_ended(why, &state, &before).await),
    }
}
