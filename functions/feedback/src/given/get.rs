//! `GET /patients/{patient_id}/feedback/{id}`: one rating.

use axum::extract::State;
use domain::id::{FeedbackId, PatientId};
use http::{AppState, Problem, Versioned};

use super::{FeedbackView, OfFeedback};

/// Read feedback
///
/// By the patient, or by an administrator who moderates it.
#[utoipa::path(get, path = "/patients/{patient_id}/feedback/{id}", tag = "feedback", operation_id = "get_feedback",
    params(("patient_id" = PatientId, Path), ("id" = FeedbackId, Path)), responses((status = 200, body = Versioned<FeedbackView>)))]
pub(crate) async fn get(State(state): State<AppState>, of: OfFeedback) -> Result<Versioned<FeedbackView>, Problem> {
    Ok(FeedbackView::versioned(of.feedback, &state))
}
