//! `GET /patients/{patient_id}/feedback`: what a patient has rated.

use axum::extract::State;
use domain::id::{FeedbackId, PatientId};
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};

use super::FeedbackView;

/// List a patient's feedback
///
/// That on the latest visit first.
#[utoipa::path(get, path = "/patients/{patient_id}/feedback", tag = "feedback", operation_id = "list_feedback",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<FeedbackView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<FeedbackView>>, Problem> {
    let list = format!("feedback?{}", access.patient.id);
    let before = listing.after(&state.cursors, &list)?.and_then(|id| id.parse::<FeedbackId>().ok());
    let found = state.store.feedback_of_patient(access.patient.id, before, listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.id.to_string()));
    Ok(Json(page.map(|feedback| FeedbackView::of(feedback, &state))))
}
