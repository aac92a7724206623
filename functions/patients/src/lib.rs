//! Patient profiles: identity, contact data, and who opened them.

mod access_log;
mod get;
mod me;
mod update_me;
mod view;

use axum::Router;
use http::{AppState, finish};
use utoipa_axum::{router::OpenApiRouter, routes};

/// All endpoints of this function.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(me::me, update_me::update_me)).routes(routes!(access_log::access_log)).routes(routes!(get::get))
}

pub fn router(state: &AppState) -> Router {
    finish(routes().with_state(state.clone()).into(), state)
}
