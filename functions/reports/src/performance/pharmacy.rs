//! `GET /performance/pharmacies/{pharmacy_id}`: how a pharmacy performs.

use axum::extract::State;
use domain::{figures::Subject, id::PharmacyId};
use http::{AppState, Json, Path, Problem, Query, auth::Caller};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{PeriodQuery, asked, total};
use crate::{authority::sees_pharmacy, figures::PharmacyFigures};

/// How a pharmacy performs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PharmacyPerformance {
    pharmacy_id: PharmacyId,
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    figures: PharmacyFigures,
}

/// Read how a pharmacy performs
///
/// By those who work in it or an administrator. What happens shows a moment later.
#[utoipa::path(get, path = "/performance/pharmacies/{pharmacy_id}", tag = "performance", operation_id = "get_pharmacy_performance",
    params(("pharmacy_id" = PharmacyId, Path), PeriodQuery), responses((status = 200, body = PharmacyPerformance)))]
pub(crate) async fn pharmacy(
    State(state): State<AppState>,
    caller: Caller,
    Path(pharmacy_id): Path<PharmacyId>,
    Query(query): Query<PeriodQuery>,
) -> Result<Json<PharmacyPerformance>, Problem> {
    sees_pharmacy(&state, &caller, pharmacy_id).await?;
    let (asked, days) = asked(query, &state)?;
    let figures = total(&state, &Subject::Pharmacy(pharmacy_id), days).await?;
    Ok(Json(PharmacyPerformance { pharmacy_id, from: asked.from, to: asked.to, figures }))
}
