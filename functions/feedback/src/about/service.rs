//! `GET /feedback/services/{service}`: what patients say of a service.

use axum::extract::State;
use domain::feedback::{About, Service};
use http::{AppState, Json, Listing, NoFilter, Path, Problem, auth::Caller};

use super::{ReviewsView, reviews};

/// Read what patients say of a service
///
/// Stars and words, without names. What is given shows a moment later.
#[utoipa::path(get, path = "/feedback/services/{service}", tag = "feedback", operation_id = "list_feedback_about_service",
    params(("service" = Service, Path), Listing<NoFilter>), responses((status = 200, body = ReviewsView)))]
pub(crate) async fn service(
    State(state): State<AppState>,
    _: Caller,
    Path(service): Path<Service>,
    listing: Listing<NoFilter>,
) -> Result<Json<ReviewsView>, Problem> {
    reviews(&state, About::Service(service), &listing).await
}
