//! What patients say of somebody or something, without saying who says it.

pub(crate) mod doctor;
pub(crate) mod hospital;
pub(crate) mod service;
pub(crate) mod staff;

use domain::{
    feedback::About,
    figures::{Book, Measure, ratings},
    text::Narrative,
    turnaround::Month,
};
use http::{AppState, Json, Listing, NoFilter, Page, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// The ratings and the reviews of somebody or something.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReviewsView {
    ratings: RatingsView,
    /// The latest first. A review that an administrator has hidden is left out, its stars are not.
    items: Vec<ReviewView>,
    /// Send this as `cursor` for the next page. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// How many ratings there are, and what they come to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RatingsView {
    count: i64,
    /// The mean of the stars, with one decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    average: Option<f64>,
    /// How many have one star, two, and so on.
    #[schema(min_items = 5, max_items = 5)]
    distribution: Vec<StarsView>,
}

/// How many ratings have so many stars.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StarsView {
    #[schema(minimum = 1, maximum = 5)]
    stars: u8,
    count: i64,
}

/// A rating, and what the patient says. Neither the patient nor the day can be seen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReviewView {
    #[schema(minimum = 1, maximum = 5)]
    rating: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<Narrative>,
    /// The month in which it was given.
    #[schema(value_type = String, pattern = "^[1-9][0-9]{3}-(0[1-9]|1[0-2])$", example = "2026-03")]
    month: Month,
}

async fn reviews(state: &AppState, about: About, listing: &Listing<NoFilter>) -> Result<Json<ReviewsView>, Problem> {
    let list = format!("reviews?{about}");
    let before = listing.after(&state.cursors, &list)?;
    let found = state.store.feedback_about(&about, before.as_deref(), listing.limit + 1).await?;
    let figures = state.store.figures_now(Book::Ratings, &about.into()).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    let Page { items, next_cursor } = page.map(|found| ReviewView {
        rating: found.entry.rating.stars(),
        review: found.entry.review.filter(|_| !found.entry.hidden),
        month: Month::of(found.entry.at, &state.hospital.zone),
    });
    let counts = Measure::STARS.map(|measure| figures.before(measure));
    Ok(Json(ReviewsView { ratings: RatingsView::of(counts), items, next_cursor }))
}

impl RatingsView {
    fn of(counts: [i64; 5]) -> Self {
        let (count, average) = ratings(counts);
        let distribution = (1..).zip(counts).map(|(stars, count)| StarsView { stars, count }).collect();
        Self { count, average, distribution }
    }
}
