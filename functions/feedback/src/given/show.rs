//! `POST /patients/{patient_id}/feedback/{id}/show`: an administrator shows a review again.

use axum::extract::State;
use domain::{
    feedback::Feedback,
    id::{FeedbackId, PatientId},
};
use http::{AppState, NoBody, Problem, Versioned, refusals};

use super::{FeedbackView, OfFeedback};

refusals! {
    pub(crate) NotShown {
        409 "not_hidden",
    }
}

/// Show a review again
#[utoipa::path(post, path = "/patients/{patient_id}/feedback/{id}/show", tag = "feedback", operation_id = "show_feedback",
    params(("patient_id" = PatientId, Path), ("id" = FeedbackId, Path)), responses((status = 200, body = Versioned<FeedbackView>), NotShown))]
pub(crate) async fn show(State(state): State<AppState>, of: OfFeedback, _: NoBody) -> Result<Versioned<FeedbackView>, Problem> {
    of.must_be_of_somebody_else(&state).await?;
    if of.feedback.hidden.is_none() {
        return Err(Problem::conflict("not_hidden", "This review is not hidden."));
    }
    let after = Feedback { hidden: None, version: of.feedback.version + 1, ..of.feedback.clone() };
    of.change(after, &state).await
}
