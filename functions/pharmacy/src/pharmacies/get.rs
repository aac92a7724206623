//! `GET /pharmacies/{pharmacy_id}`: one pharmacy.

use axum::extract::State;
use domain::id::PharmacyId;
use http::{AppState, Problem, Versioned};

use super::{PharmacyView, view};
use crate::authority::InPharmacy;

/// Read a pharmacy
#[utoipa::path(get, path = "/pharmacies/{pharmacy_id}", tag = "pharmacies", operation_id = "get_pharmacy",
    params(("pharmacy_id" = PharmacyId, Path)), responses((status = 200, body = Versioned<PharmacyView>)))]
pub(crate) async fn get(State(state): State<AppState>, there: InPharmacy) -> Result<Versioned<PharmacyView>, Problem> {
    Ok(view(there.pharmacy, &state))
}
