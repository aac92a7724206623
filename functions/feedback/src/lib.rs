//! What patients say of the hospital, its services, its doctors and the people who work here.

mod about;
mod given;

use axum::Router;
use http::{AppState, finish};
use utoipa_axum::{router::OpenApiRouter, routes};

/// All endpoints of this function.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(given::list::list, given::give::give))
        .routes(routes!(given::choices::choices))
        .routes(routes!(given::get::get, given::change::change))
        .routes(routes!(given::hide::hide))
        .routes(routes!(given::show::show))
        .routes(routes!(given::all::all))
        .routes(routes!(about::hospital::hospital))
        .routes(routes!(about::service::service))
        .routes(routes!(about::doctor::doctor))
        .routes(routes!(about::staff::staff))
}

pub fn router(state: &AppState) -> Router {
    finish(routes().with_state(state.clone()).into(), state)
}
