//! `GET /reports/occupancy/by-ward`: what each had in a month.

use axum::extract::State;
use domain::ward::Ward;
use http::{AppState, Json, Listing, Page, Problem, auth::Caller};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonthQuery, compared};
use crate::figures::OccupancyFigures;

/// A line of the comparison.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OccupancyByWard {
    ward: Ward,
    figures: OccupancyFigures,
}

/// Compare wards
///
/// What each had in a month, in no particular order. Those in which nothing ever happened are left out. What happens shows a moment later.
#[utoipa::path(get, path = "/reports/occupancy/by-ward", tag = "reports", operation_id = "compare_occupancy_by_ward", params(Listing<MonthQuery>),
    responses((status = 200, body = Page<OccupancyByWard>)))]
pub(crate) async fn occupancy_by_ward(
    State(state): State<AppState>,
    _: Caller,
    listing: Listing<MonthQuery>,
) -> Result<Json<Page<OccupancyByWard>>, Problem> {
    let line = |text: &str, figures| Ward::parse(text).ok().map(|ward| OccupancyByWard { ward, figures });
    compared(&state, &listing, "ward#", line).await
}
