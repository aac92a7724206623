//! `GET /pharmacies/{pharmacy_id}/medicines/{id}`: a medicine, with what is there of it now.

use axum::extract::State;
use domain::id::{PharmacyId, StockedMedicineId};
use http::{AppState, Problem, Versioned};

use super::{StockedMedicineView, view};
use crate::authority::OfMedicine;

/// Read a medicine of a pharmacy
#[utoipa::path(get, path = "/pharmacies/{pharmacy_id}/medicines/{id}", tag = "stock", operation_id = "get_stocked_medicine",
    params(("pharmacy_id" = PharmacyId, Path), ("id" = StockedMedicineId, Path)),
    responses((status = 200, body = Versioned<StockedMedicineView>)))]
pub(crate) async fn get(State(state): State<AppState>, of: OfMedicine) -> Result<Versioned<StockedMedicineView>, Problem> {
    view(&state, &of.medicine).await
}
