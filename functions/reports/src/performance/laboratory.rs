//! `GET /performance/laboratories/{laboratory_id}`: how a laboratory performs.

use axum::extract::State;
use domain::{figures::Subject, id::LaboratoryId};
use http::{AppState, Json, Path, Problem, Query, auth::Caller};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{PeriodQuery, asked, total};
use crate::{authority::sees_laboratory, figures::LaboratoryFigures};

/// How a laboratory performs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LaboratoryPerformance {
    laboratory_id: LaboratoryId,
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    figures: LaboratoryFigures,
}

/// Read how a laboratory performs
///
/// By those who work in it or an administrator. `GET /laboratories/{laboratory_id}/turnaround` has it test by test. What happens shows a moment later.
#[utoipa::path(get, path = "/performance/laboratories/{laboratory_id}", tag = "performance", operation_id = "get_laboratory_performance",
    params(("laboratory_id" = LaboratoryId, Path), PeriodQuery), responses((status = 200, body = LaboratoryPerformance)))]
pub(crate) async fn laboratory(
    State(state): State<AppState>,
    caller: Caller,
    Path(laboratory_id): Path<LaboratoryId>,
    Query(query): Query<PeriodQuery>,
) -> Result<Json<LaboratoryPerformance>, Problem> {
    sees_laboratory(&state, &caller, laboratory_id).await?;
    let (asked, days) = asked(query, &state)?;
    let figures = total(&state, &Subject::Laboratory(laboratory_id), days).await?;
    Ok(Json(LaboratoryPerformance { laboratory_id, from: asked.from, to: asked.to, figures }))
}
