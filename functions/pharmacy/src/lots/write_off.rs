//! `POST /pharmacies/{pharmacy_id}/medicines/{id}/lots/{lot_id}/write-off`: write off units of a lot.

use axum::extract::State;
use domain::{
    id::{LotId, PharmacyId, StockedMedicineId},
    stock::MovementKind,
};
use http::{AppState, Json, Problem};

use super::{UnitsGoRequest, by_hand};
use crate::{authority::OfLot, movements::MovementView, refused::NotMoved};

/// Write off units of a lot
///
/// They were destroyed or lost. Those in quarantine go first.
#[utoipa::path(post, path = "/pharmacies/{pharmacy_id}/medicines/{id}/lots/{lot_id}/write-off", tag = "stock", operation_id = "write_off_stock",
    params(("pharmacy_id" = PharmacyId, Path), ("id" = StockedMedicineId, Path), ("lot_id" = LotId, Path)), request_body = UnitsGoRequest,
    responses((status = 200, body = MovementView), NotMoved))]
pub(crate) async fn write_off(
    State(state): State<AppState>,
    of: OfLot,
    Json(request): Json<UnitsGoRequest>,
) -> Result<Json<MovementView>, Problem> {
    let (units, reason) = request.parse()?;
    by_hand(&state, of, MovementKind::WrittenOff, units, reason).await
}
