//! `GET /pharmacies/{pharmacy_id}/medicines/{id}/lots/{lot_id}/dispenses`: who got units of a lot. It is what a recall needs.

use axum::extract::State;
use domain::id::{LotId, PharmacyId, StockedMedicineId};
use http::{AppState, Json, Listing, NoFilter, Page, Problem};

use super::DispenseView;
use crate::authority::OfLot;

/// List who got units of a lot
///
/// The latest first. It is what a recall needs. What was handed over shows a moment later.
#[utoipa::path(get, path = "/pharmacies/{pharmacy_id}/medicines/{id}/lots/{lot_id}/dispenses", tag = "dispensing",
    operation_id = "list_dispenses_of_lot",
    params(("pharmacy_id" = PharmacyId, Path), ("id" = StockedMedicineId, Path), ("lot_id" = LotId, Path), Listing<NoFilter>),
    responses((status = 200, body = Page<DispenseView>)))]
pub(crate) async fn of_lot(
    State(state): State<AppState>,
    of: OfLot,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<DispenseView>>, Problem> {
    let lot = of.lot.listed.id;
    let list = format!("dispenses?{lot}");
    let before = listing.after(&state.cursors, &list)?;
    let found = state.store.dispenses_of_lot(lot, before.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|line| DispenseView::of(line.entry, &state))))
}
