//! `GET /pharmacies/{pharmacy_id}/pharmacists`: who works in a pharmacy.

use axum::extract::State;
use domain::id::PharmacyId;
use http::{AppState, Json, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use super::PharmacistView;
use crate::authority::InPharmacy;

/// Those who work in a pharmacy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Pharmacists {
    items: Vec<PharmacistView>,
}

/// List those who work in a pharmacy
#[utoipa::path(get, path = "/pharmacies/{pharmacy_id}/pharmacists", tag = "pharmacies", operation_id = "list_pharmacists",
    params(("pharmacy_id" = PharmacyId, Path)), responses((status = 200, body = Pharmacists)))]
pub(crate) async fn list(State(state): State<AppState>, there: InPharmacy) -> Result<Json<Pharmacists>, Problem> {
    let mut items = Vec::new();
    for pharmacist in state.store.pharmacists(there.pharmacy.listed.id).await? {
        items.extend(PharmacistView::of(pharmacist, &state).await?);
    }
    Ok(Json(Pharmacists { items }))
}
