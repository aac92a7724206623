//! `GET /performance/wards/{ward}`: how a ward performs.

use axum::extract::State;
use domain::{figures::Subject, ward::Ward};
use http::{AppState, Json, Path, Problem, Query, auth::Caller};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{PeriodQuery, asked, total};
use crate::{authority::sees_ward, figures::OccupancyFigures};

/// How a ward performs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WardPerformance {
    ward: Ward,
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    figures: OccupancyFigures,
}

/// Read how a ward performs
///
/// By its manager or an administrator. What happens shows a moment later.
#[utoipa::path(get, path = "/performance/wards/{ward}", tag = "performance", operation_id = "get_ward_performance",
    params(("ward" = Ward, Path), PeriodQuery), responses((status = 200, body = WardPerformance)))]
pub(crate) async fn ward(
    State(state): State<AppState>,
    caller: Caller,
    Path(ward): Path<Ward>,
    Query(query): Query<PeriodQuery>,
) -> Result<Json<WardPerformance>, Problem> {
    sees_ward(&state, &caller, ward).await?;
    let (asked, days) = asked(query, &state)?;
    let figures = total(&state, &Subject::Ward(ward), days).await?;
    Ok(Json(WardPerformance { ward, from: asked.from, to: asked.to, figures }))
}
