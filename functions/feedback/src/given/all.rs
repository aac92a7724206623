//! `GET /feedback`: the feedback of all patients, for administrators.

use axum::extract::State;
use domain::{
    feedback::{Rating, Visit},
    id::{FeedbackId, PatientId},
    instant::Instant,
    text::Narrative,
};
use http::{AppState, Fields, Json, Listing, Page, Problem, auth::Caller};
use serde::{Deserialize, Serialize};
use store::feedback::ListedFeedback;
use utoipa::{IntoParams, ToSchema};

use super::AboutView;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FeedbackQuery {
    /// Those with so many stars: 1 to 5.
    #[param(value_type = u8, required = true, minimum = 1, maximum = 5)]
    rating: Option<String>,
}

/// Feedback in the list of all.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedFeedbackView {
    id: FeedbackId,
    patient_id: PatientId,
    /// What the patient came for.
    #[schema(value_type = String, pattern = "^(apt|adm|cas|ord|alc)_[0-7][0-9A-HJKMNP-TV-Z]{25}$", example = "apt_01JD8Z0V3XQ5T4E2W9K7M6N8PR")]
    visit: Visit,
    about: AboutView,
    #[schema(minimum = 1, maximum = 5)]
    rating: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<Narrative>,
    at: Instant,
    /// Whether an administrator has hidden the review.
    hidden: bool,
}

/// List the feedback of all patients
///
/// One list for each number of stars, the latest first. A change shows a moment later.
#[utoipa::path(get, path = "/feedback", tag = "feedback", operation_id = "list_all_feedback", params(Listing<FeedbackQuery>),
    responses((status = 200, body = Page<ListedFeedbackView>)))]
pub(crate) async fn all(
    State(state): State<AppState>,
    _: Caller,
    listing: Listing<FeedbackQuery>,
) -> Result<Json<Page<ListedFeedbackView>>, Problem> {
    let mut fields = Fields::default();
    // Only one spelling of a number.
    let stars = |text: String| Rating::new(text.parse::<u8>().ok().filter(|stars| stars.to_string() == text).map_or(0, i64::from));
    let Some(rating) = fields.required("rating", listing.filter.rating.clone(), stars) else { return Err(fields.problem()) };
    let list = format!("feedback?stars={}", rating.stars());
    let before = listing.after(&state.cursors, &list)?;
    let found = state.store.feedback_with_stars(rating.stars(), before.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    let line = |found: ListedFeedback| ListedFeedbackView {
        id: found.id,
        patient_id: found.patient_id,
        visit: found.visit,
        about: AboutView::of(found.about, found.about_name),
        rating: found.rating.stars(),
        review: found.review,
        at: state.hospital.instant(found.at),
        hidden: found.hidden,
    };
    Ok(Json(page.map(|found| line(found.entry))))
}
