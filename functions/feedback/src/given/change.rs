//! `PUT /patients/{patient_id}/feedback/{id}`: a patient thinks otherwise.

use axum::extract::State;
use domain::{
    id::{FeedbackId, PatientId},
    text::Narrative,
};
use http::{AppState, Fields, Json, Problem, RequiredIfMatch, Versioned};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{FeedbackView, NotChanged, OfFeedback, said};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeFeedbackRequest {
    /// One star to five.
    #[schema(value_type = u8, minimum = 1, maximum = 5)]
    rating: Option<i64>,
    /// What the patient has to say. When left out: nothing.
    #[schema(value_type = Option<Narrative>)]
    review: Option<String>,
}

/// Change feedback
///
/// Within 14 days. It replaces stars and words: without `review`, only stars are left. What an administrator has hidden stays hidden.
#[utoipa::path(put, path = "/patients/{patient_id}/feedback/{id}", tag = "feedback", operation_id = "change_feedback",
    params(("patient_id" = PatientId, Path), ("id" = FeedbackId, Path), RequiredIfMatch), request_body = ChangeFeedbackRequest,
    responses((status = 200, body = Versioned<FeedbackView>), NotChanged))]
pub(crate) async fn change(
    State(state): State<AppState>,
    of: OfFeedback,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(request): Json<ChangeFeedbackRequest>,
) -> Result<Versioned<FeedbackView>, Problem> {
    let mut fields = Fields::default();
    let Some((rating, review)) = said(&mut fields, request.rating, request.review) else { return Err(fields.problem()) };
    if version != of.feedback.version {
        return Err(Problem::stale());
    }
    let after = of.feedback.clone().changed(rating, review, state.clock.now()).map_err(|not_after| {
        Problem::conflict("too_late", "Feedback can be changed for 14 days.").with("not_after", state.hospital.instant(not_after))
    })?;
    of.change(after, &state).await
}
