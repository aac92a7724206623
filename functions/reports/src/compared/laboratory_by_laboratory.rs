//! `GET /reports/laboratory/by-laboratory`: what each had in a month.

use axum::extract::State;
use domain::id::LaboratoryId;
use http::{AppState, Json, Listing, Page, Problem, auth::Caller};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonthQuery, compared};
use crate::figures::LaboratoryFigures;

/// A line of the comparison.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LaboratoryByLaboratory {
    laboratory_id: LaboratoryId,
    figures: LaboratoryFigures,
}

/// Compare laboratories
///
/// What each had in a month, in no particular order. Those in which nothing ever happened are left out. What happens shows a moment later.
#[utoipa::path(get, path = "/reports/laboratory/by-laboratory", tag = "reports", operation_id = "compare_laboratory_by_laboratory", params(Listing<MonthQuery>),
    responses((status = 200, body = Page<LaboratoryByLaboratory>)))]
pub(crate) async fn laboratory_by_laboratory(
    State(state): State<AppState>,
    _: Caller,
    listing: Listing<MonthQuery>,
) -> Result<Json<Page<LaboratoryByLaboratory>>, Problem> {
    let line = |text: &str, figures| text.parse().ok().map(|laboratory_id| LaboratoryByLaboratory { laboratory_id, figures });
    compared(&state, &listing, "laboratory#", line).await
}
