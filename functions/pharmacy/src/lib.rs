//! Pharmacies: the medicines that they keep, their lots, what they set aside for patients, and what patients got.

mod alerts;
mod allocations;
mod authority;
mod dispenses;
mod lots;
mod medicines;
mod movements;
mod pharmacies;
mod pharmacists;
mod refused;

use axum::Router;
use http::{AppState, finish};
use utoipa_axum::{router::OpenApiRouter, routes};

/// All endpoints of this function.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(pharmacies::list::list, pharmacies::register::register))
        .routes(routes!(pharmacies::get::get, pharmacies::change::change))
        .routes(routes!(pharmacists::list::list, pharmacists::add::add))
        .routes(routes!(pharmacists::release::release))
        .routes(routes!(medicines::list::list, medicines::add::add))
        .routes(routes!(medicines::get::get, medicines::change::change))
        .routes(routes!(medicines::offers::offers))
        .routes(routes!(lots::list::list, lots::receive::receive))
        .routes(routes!(lots::adjust::adjust))
        .routes(routes!(lots::write_off::write_off))
        .routes(routes!(lots::to_supplier::to_supplier))
        .routes(routes!(lots::by_expiry::by_expiry))
        .routes(routes!(movements::movements))
        .routes(routes!(dispenses::of_lot::of_lot))
        .routes(routes!(dispenses::of_medicine::of_medicine))
        .routes(routes!(dispenses::of_patient::of_patient))
        .routes(routes!(alerts::alerts))
        .routes(routes!(allocations::of_pharmacy::of_pharmacy))
        .routes(routes!(allocations::list::list, allocations::request::request))
        .routes(routes!(allocations::get::get))
        .routes(routes!(allocations::hand_over::hand_over))
        .routes(routes!(allocations::cancel::cancel))
}

pub fn router(state: &AppState) -> Router {
    finish(routes().with_state(state.clone()).into(), state)
}
