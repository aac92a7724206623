//! `POST /pharmacies/{pharmacy_id}/medicines/{id}/lots/{lot_id}/return`: return units of a lot to the supplier.

use axum::extract::State;
use domain::{
    id::{LotId, PharmacyId, StockedMedicineId},
    stock::MovementKind,
};
use http::{AppState, Json, Problem};

use super::{UnitsGoRequest, by_hand};
use crate::{authority::OfLot, movements::MovementView, refused::NotMoved};

/// Return units of a lot to the supplier
///
/// Those in quarantine go first.
#[utoipa::path(post, path = "/pharmacies/{pharmacy_id}/medicines/{id}/lots/{lot_id}/return", tag = "stock", operation_id = "return_stock",
    params(("pharmacy_id" = PharmacyId, Path), ("id" = StockedMedicineId, Path), ("lot_id" = LotId, Path)), request_body = UnitsGoRequest,
    responses((status = 200, body = MovementView), NotMoved))]
pub(crate) async fn to_supplier(
    State(state): State<AppState>,
    of: OfLot,
    Json(request): Json<UnitsGoRequest>,
) -> Result<Json<MovementView>, Problem> {
    let (units, reason) = request.parse()?;
    by_hand(&state, of, MovementKind::Returned, units, reason).await
}
