//! `GET /pharmacies/{pharmacy_id}/medicines/{id}/lots`: the lots of a medicine.

use axum::extract::State;
use domain::id::{LotId, PharmacyId, StockedMedicineId};
use http::{AppState, Json, Listing, NoFilter, Page, Problem};

use super::LotView;
use crate::authority::OfMedicine;

/// How many are on a page at most: the units that a page costs are limited.
const ON_A_PAGE: usize = 12;

/// List the lots of a medicine
///
/// The latest first, also those of which nothing is there any more.
#[utoipa::path(get, path = "/pharmacies/{pharmacy_id}/medicines/{id}/lots", tag = "stock", operation_id = "list_lots",
    params(("pharmacy_id" = PharmacyId, Path), ("id" = StockedMedicineId, Path), Listing<NoFilter>),
    responses((status = 200, body = Page<LotView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    of: OfMedicine,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<LotView>>, Problem> {
    let (list, limit) = (format!("lots?{}", of.medicine.id), listing.limit.min(ON_A_PAGE));
    let before = listing.after(&state.cursors, &list)?;
    let before = before.map(|id| id.parse::<LotId>().map_err(|_| Problem::bad_request("invalid_cursor", "Send `next_cursor` unchanged.")));
    let found = state.store.lots(of.medicine.id, before.transpose()?, limit + 1).await?;
    let stock = state.store.stock(of.medicine.id).await?.ok_or_else(|| Problem::not_found("medicine"))?;
    let page = Page::cut(found, limit, |last| state.cursors.seal(&list, &last.listed.id.to_string()));
    Ok(Json(page.map(|lot| LotView::of(lot, &stock, &state))))
}
