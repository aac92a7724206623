//! `POST /patients/{patient_id}/feedback/{id}/hide`: an administrator hides a review.

use axum::extract::State;
use domain::{
    feedback::{Feedback, Hidden},
    id::{FeedbackId, PatientId},
    text::Reason,
};
use http::{AppState, Fields, Json, Problem, RequiredIfMatch, Versioned, refusals};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{FeedbackView, OfFeedback};

refusals! {
    pub(crate) NotHidden {
        409 "hidden_already",
        409 "no_review",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HideFeedbackRequest {
    /// Why. The patient can read it.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Hide a review
///
/// Of what nobody should read: abuse, names of others, what somebody said of their health. The rating counts all the same, so nobody gets a better
/// average by hiding what was said. Send the ETag of what you have read. It stays hidden when the patient changes the words.
#[utoipa::path(post, path = "/patients/{patient_id}/feedback/{id}/hide", tag = "feedback", operation_id = "hide_feedback",
    params(("patient_id" = PatientId, Path), ("id" = FeedbackId, Path), RequiredIfMatch), request_body = HideFeedbackRequest,
    responses((status = 200, body = Versioned<FeedbackView>), NotHidden))]
pub(crate) async fn hide(
    State(state): State<AppState>,
    of: OfFeedback,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(request): Json<HideFeedbackRequest>,
) -> Result<Versioned<FeedbackView>, Problem> {
    let mut fields = Fields::default();
    let Some(reason) = fields.required("reason", request.reason, |text| Reason::parse(&text)) else { return Err(fields.problem()) };
    of.must_be_of_somebody_else(&state).await?;
    if version != of.feedback.version {
        return Err(Problem::stale());
    }
    if of.feedback.hidden.is_some() {
        return Err(Problem::conflict("hidden_already", "This review is hidden already."));
    }
    if of.feedback.review.is_none() {
        return Err(Problem::conflict("no_review", "The patient has given stars only: there is nothing to hide."));
    }
    let hidden = Some(Hidden { at: state.clock.now(), by: of.access.caller.user_id, reason });
    let after = Feedback { hidden, version: of.feedback.version + 1, ..of.feedback.clone() };
    of.change(after, &state).await
}
