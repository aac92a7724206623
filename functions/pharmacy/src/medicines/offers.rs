//! `GET /pharmacies/{pharmacy_id}/medicines/{id}/offers`: which pharmacies have the same medicine.

use axum::extract::State;
use domain::{
    id::{PharmacyId, StockedMedicineId},
    pharmacy::StockedMedicine,
    text::Title,
};
use http::{AppState, Json, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::authority::OfMedicine;

/// How many pharmacies are named.
const MOST: usize = 5;

/// The pharmacies that have a medicine.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Offers {
    #[schema(max_items = 5)]
    items: Vec<PharmacyOfferView>,
}

/// A pharmacy that has a medicine.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PharmacyOfferView {
    pharmacy_id: PharmacyId,
    name: Title,
    medicine_id: StockedMedicineId,
    /// How many units it had a moment ago.
    available: u32,
    /// Whether it is open now.
    open: bool,
}

/// List which other pharmacies have a medicine
///
/// The same active ingredients in the same strength and form, whoever makes it. Those with the most come first.
#[utoipa::path(get, path = "/pharmacies/{pharmacy_id}/medicines/{id}/offers", tag = "stock", operation_id = "list_offers",
    params(("pharmacy_id" = PharmacyId, Path), ("id" = StockedMedicineId, Path)), responses((status = 200, body = Offers)))]
pub(crate) async fn offers(State(state): State<AppState>, of: OfMedicine) -> Result<Json<Offers>, Problem> {
    Ok(Json(Offers { items: elsewhere(&state, &of.medicine).await? }))
}

/// The other pharmacies that have the same medicine.
pub(crate) async fn elsewhere(state: &AppState, medicine: &StockedMedicine) -> Result<Vec<PharmacyOfferView>, Problem> {
    let mut offers = state.store.offers(&medicine.equivalence()).await?;
    offers.retain(|offer| offer.pharmacy_id != medicine.pharmacy_id);
    offers.sort_by_key(|offer| std::cmp::Reverse(offer.available));
    let mut others = Vec::new();
    for offer in offers.into_iter().take(MOST) {
        let Some(other) = state.store.pharmacy(offer.pharmacy_id).await? else { continue };
        let open = other.listed.hours.at(state.clock.now(), &state.hospital.zone).open;
        let (pharmacy_id, medicine_id, available) = (offer.pharmacy_id, offer.medicine_id, offer.available);
        others.push(PharmacyOfferView { pharmacy_id, name: other.listed.name, medicine_id, available, open });
    }
    Ok(others)
}
