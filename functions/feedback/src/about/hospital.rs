//! `GET /feedback/hospital`: what patients say of the hospital.

use axum::extract::State;
use domain::feedback::About;
use http::{AppState, Json, Listing, NoFilter, Problem, auth::Caller};

use super::{ReviewsView, reviews};

/// Read what patients say of the hospital
///
/// Stars and words, without names. What is given shows a moment later.
#[utoipa::path(get, path = "/feedback/hospital", tag = "feedback", operation_id = "list_feedback_about_hospital",
    params(Listing<NoFilter>), responses((status = 200, body = ReviewsView)))]
pub(crate) async fn hospital(State(state): State<AppState>, _: Caller, listing: Listing<NoFilter>) -> Result<Json<ReviewsView>, Problem> {
    reviews(&state, About::Hospital, &listing).await
}
