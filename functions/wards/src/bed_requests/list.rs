//! `GET /wards/{ward}/bed-requests`: those who wait for a bed on a ward.

use axum::extract::State;
use domain::ward::Ward;
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::NotHere};
use store::trail;

use super::{BedRequestView, view};
use crate::authority::OnWard;

/// List those who wait for a bed on a ward
///
/// The most urgent ones first, and of equals those who came first. A change shows a moment later.
#[utoipa::path(get, path = "/wards/{ward}/bed-requests", tag = "wards", operation_id = "list_bed_requests",
    params(("ward" = Ward, Path), Listing<NoFilter>), responses((status = 200, body = Page<BedRequestView>), NotHere))]
pub(crate) async fn list(
    State(state): State<AppState>,
    on: OnWard,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<BedRequestView>>, Problem> {
    let ward = on.ward.ward;
    trail::detail(ward.as_str().to_owned());
    let list = format!("bed-requests?{}", ward.as_str());
    let after = listing.after(&state.cursors, &list)?;
    let found = state.store.bed_request_list(ward, after.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|line| view(line.entry, &state))))
}
