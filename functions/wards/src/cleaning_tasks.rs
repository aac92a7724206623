//! `GET /cleaning-tasks`: the beds that wait to be cleaned.

use axum::extract::State;
use domain::{bed::BedNumber, instant::Instant, ward::Ward};
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::Caller};
use serde::Serialize;
use store::wards::CleaningTask;
use utoipa::ToSchema;

/// A bed that waits to be cleaned.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CleaningTaskView {
    ward: Ward,
    bed: BedNumber,
    since: Instant,
    /// By when it should be done: within an hour.
    due_at: Instant,
    overdue: bool,
}

/// List the beds that wait to be cleaned
///
/// Of all wards, those that have waited longest first. Mark each with `POST /wards/{ward}/beds/{bed}/cleaned`. A change shows a moment later.
#[utoipa::path(get, path = "/cleaning-tasks", tag = "wards", operation_id = "list_cleaning_tasks", params(Listing<NoFilter>),
    responses((status = 200, body = Page<CleaningTaskView>)))]
pub(crate) async fn cleaning_tasks(
    State(state): State<AppState>,
    _: Caller,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<CleaningTaskView>>, Problem> {
    let (list, now) = ("cleaning-tasks", state.clock.now());
    let after = listing.after(&state.cursors, list)?;
    let found = state.store.cleaning_tasks(after.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last: &CleaningTask| state.cursors.seal(list, &last.position()));
    Ok(Json(page.map(|task| CleaningTaskView {
        ward: task.ward,
        bed: task.bed,
        since: state.hospital.instant(task.since),
        due_at: state.hospital.instant(task.due_at()),
        overdue: task.due_at() <= now,
    })))
}
