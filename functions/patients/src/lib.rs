//! Patients' own records: identity and contact.

mod access_log;
mod get;
mod me;
mod update_me;
mod view;

use axum::Router;
use shared::{State, http::finish};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The table of contents.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(me::me, update_me::update_me)).routes(routes!(access_log::access_log)).routes(routes!(get::get))
}

pub fn router(state: &State) -> Router {
    finish(routes().with_state(state.clone()).into(), state)
}
