//! Emergencies: the queue, triage, who is seen, and how each one ends.

mod authority;
mod cases;
mod queue;
mod refused;
mod scale;

use axum::Router;
use http::{AppState, finish};
use utoipa_axum::{router::OpenApiRouter, routes};

/// All endpoints of this function.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(scale::scale))
        .routes(routes!(queue::queue))
        .routes(routes!(cases::open::open))
        .routes(routes!(cases::get::get))
        .routes(routes!(cases::triage::triage))
        .routes(routes!(cases::see::see))
        .routes(routes!(cases::admit::admit))
        .routes(routes!(cases::dispose::dispose))
}

pub fn router(state: &AppState) -> Router {
    finish(routes().with_state(state.clone()).into(), state)
}
