//! `POST /pharmacies/{pharmacy_id}/medicines/{id}/lots/{lot_id}/adjust`: put right what was counted.

use axum::extract::State;
use domain::{
    id::{LotId, PharmacyId, StockedMedicineId},
    stock::{MOST_UNITS, MovementKind},
    text::Reason,
};
use http::{AppState, Fields, Json, Problem, whole};
use serde::Deserialize;
use store::stock::Units;
use utoipa::ToSchema;

use super::by_hand;
use crate::{authority::OfLot, movements::MovementView, refused::NotMoved};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdjustRequest {
    /// How many units more there are than the stock says, or fewer if it is less than zero.
    #[schema(value_type = i32, minimum = -1_000_000, maximum = 1_000_000)]
    units: Option<i64>,
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Adjust the stock of a lot
///
/// For what was counted, or entered wrongly. Nothing of the ledger is changed: this is another entry. Of a lot that has expired, units only go. Those that are left go first, then those in quarantine.
#[utoipa::path(post, path = "/pharmacies/{pharmacy_id}/medicines/{id}/lots/{lot_id}/adjust", tag = "stock", operation_id = "adjust_stock",
    params(("pharmacy_id" = PharmacyId, Path), ("id" = StockedMedicineId, Path), ("lot_id" = LotId, Path)), request_body = AdjustRequest,
    responses((status = 200, body = MovementView), NotMoved))]
pub(crate) async fn adjust(
    State(state): State<AppState>,
    of: OfLot,
    Json(request): Json<AdjustRequest>,
) -> Result<Json<MovementView>, Problem> {
    let mut fields = Fields::default();
    let most = i64::from(MOST_UNITS);
    let units = fields.required("units", request.units, |units| match whole::<i32>(units, -most, most)? {
        0 => Err(domain::Invalid::new("out_of_range", "Say how many units more or fewer there are.")),
        units => Ok(units),
    });
    let reason = fields.required("reason", request.reason, |text| Reason::parse(&text));
    let (Some(units), Some(reason)) = (units, reason) else { return Err(fields.problem()) };
    if units > 0 && state.today() >= of.lot.listed.expires_on {
        return Err(Problem::invalid_field("units", "expired", "The lot has expired. No units of it can come into the stock any more."));
    }
    by_hand(&state, of, MovementKind::Adjusted, Units::Counted(units), reason).await
}
