//! `GET /feedback/doctors/{doctor_id}`: what patients say of a doctor.

use axum::extract::State;
use domain::{feedback::About, id::DoctorId};
use http::{AppState, Json, Listing, NoFilter, Path, Problem, auth::Caller};

use super::{ReviewsView, reviews};

/// Read what patients say of a doctor
///
/// Stars and words, without names. What is given shows a moment later.
#[utoipa::path(get, path = "/feedback/doctors/{doctor_id}", tag = "feedback", operation_id = "list_feedback_about_doctor",
    params(("doctor_id" = DoctorId, Path), Listing<NoFilter>), responses((status = 200, body = ReviewsView)))]
pub(crate) async fn doctor(
    State(state): State<AppState>,
    _: Caller,
    Path(doctor_id): Path<DoctorId>,
    listing: Listing<NoFilter>,
) -> Result<Json<ReviewsView>, Problem> {
    state.store.doctor(doctor_id).await?.ok_or_else(|| Problem::not_found("doctor"))?;
    reviews(&state, About::Doctor(doctor_id), &listing).await
}
