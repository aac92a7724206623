//! `GET /reports/pharmacy/by-pharmacy`: what each had in a month.

use axum::extract::State;
use domain::id::PharmacyId;
use http::{AppState, Json, Listing, Page, Problem, auth::Caller};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonthQuery, compared};
use crate::figures::PharmacyFigures;

/// A line of the comparison.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PharmacyByPharmacy {
    pharmacy_id: PharmacyId,
    figures: PharmacyFigures,
}

/// Compare pharmacies
///
/// What each had in a month, in no particular order. Those in which nothing ever happened are left out. What happens shows a moment later.
#[utoipa::path(get, path = "/reports/pharmacy/by-pharmacy", tag = "reports", operation_id = "compare_pharmacy_by_pharmacy", params(Listing<MonthQuery>),
    responses((status = 200, body = Page<PharmacyByPharmacy>)))]
pub(crate) async fn pharmacy_by_pharmacy(
    State(state): State<AppState>,
    _: Caller,
    listing: Listing<MonthQuery>,
) -> Result<Json<Page<PharmacyByPharmacy>>, Problem> {
    let line = |text: &str, figures| text.parse().ok().map(|pharmacy_id| PharmacyByPharmacy { pharmacy_id, figures });
    compared(&state, &listing, "pharmacy#", line).await
}
