//! Staff: profiles, the directory, the roster, leave, and who is on duty.

mod leaves;
mod on_duty;
mod profiles;
mod shifts;
mod view;

use axum::Router;
use http::{AppState, finish};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What only refusals show.
#[derive(OpenApi)]
#[openapi(components(schemas(http::Day)))]
struct Refusals;

/// All endpoints of this function.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Refusals::openapi())
        .routes(routes!(profiles::list::list))
        .routes(routes!(profiles::get_own::get_own, profiles::change_own::change_own))
        .routes(routes!(profiles::get::get, profiles::change::change))
        .routes(routes!(on_duty::on_duty))
        .routes(routes!(shifts::list::list, shifts::enter::enter))
        .routes(routes!(shifts::get::get))
        .routes(routes!(shifts::cancel::cancel))
        .routes(routes!(leaves::list::list, leaves::ask::ask))
        .routes(routes!(leaves::balances::balances, leaves::set_balance::set_balance))
        .routes(routes!(leaves::get::get, leaves::change::change))
        .routes(routes!(leaves::withdraw::withdraw))
        .routes(routes!(leaves::approve::approve))
        .routes(routes!(leaves::reject::reject))
        .routes(routes!(leaves::cancel::cancel))
}

pub fn router(state: &AppState) -> Router {
    finish(routes().with_state(state.clone()).into(), state)
}
