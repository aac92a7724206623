//! `GET /reports/revenue/by-kind`: what each had in a month.

use axum::extract::State;
use domain::billing::ChargeKind;
use http::{AppState, Json, Listing, Page, Problem, auth::Caller};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonthQuery, compared};
use crate::figures::RevenueFigures;

/// A line of the comparison.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RevenueByKind {
    kind: ChargeKind,
    figures: RevenueFigures,
}

/// Compare kinds of charges
///
/// What each had in a month, in no particular order. Those in which nothing ever happened are left out. What happens shows a moment later.
#[utoipa::path(get, path = "/reports/revenue/by-kind", tag = "reports", operation_id = "compare_revenue_by_kind", params(Listing<MonthQuery>),
    responses((status = 200, body = Page<RevenueByKind>)))]
pub(crate) async fn revenue_by_kind(
    State(state): State<AppState>,
    _: Caller,
    listing: Listing<MonthQuery>,
) -> Result<Json<Page<RevenueByKind>>, Problem> {
    let line = |text: &str, figures| ChargeKind::parse(text).ok().map(|kind| RevenueByKind { kind, figures });
    compared(&state, &listing, "kind#", line).await
}
