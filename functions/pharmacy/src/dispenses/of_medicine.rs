//! `GET /pharmacies/{pharmacy_id}/medicines/{id}/dispenses`: who got a medicine.

use axum::extract::State;
use domain::id::{PharmacyId, StockedMedicineId};
use http::{AppState, Json, Listing, NoFilter, Page, Problem};

use super::DispenseView;
use crate::authority::OfMedicine;

/// List who got a medicine
///
/// The latest first. What was handed over shows a moment later.
#[utoipa::path(get, path = "/pharmacies/{pharmacy_id}/medicines/{id}/dispenses", tag = "dispensing", operation_id = "list_dispenses_of_medicine",
    params(("pharmacy_id" = PharmacyId, Path), ("id" = StockedMedicineId, Path), Listing<NoFilter>),
    responses((status = 200, body = Page<DispenseView>)))]
pub(crate) async fn of_medicine(
    State(state): State<AppState>,
    of: OfMedicine,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<DispenseView>>, Problem> {
    let list = format!("dispenses?{}", of.medicine.id);
    let before = listing.after(&state.cursors, &list)?;
    let found = state.store.dispenses_of_medicine(of.medicine.id, before.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|line| DispenseView::of(line.entry, &state))))
}
