//! Patients: registration at the front desk, search, profiles, and who opened them.

mod access_log;
mod change;
mod changes;
mod children;
mod consents;
mod death;
mod decide_consent;
mod get;
mod guardians;
mod history;
mod me;
mod refused;
mod register;
mod search;
mod undo_death;
mod update_me;
mod view;

use axum::Router;
use http::{AppState, finish};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What only refusals show.
#[derive(OpenApi)]
#[openapi(components(schemas(register::Candidate)))]
struct Refusals;

/// All endpoints of this function.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Refusals::openapi())
        .routes(routes!(search::search, register::register))
        .routes(routes!(me::me, update_me::update_me))
        .routes(routes!(access_log::access_log))
        .routes(routes!(children::children))
        .routes(routes!(get::get, change::change))
        .routes(routes!(changes::changes))
        .routes(routes!(consents::consents, decide_consent::decide_consent))
        .routes(routes!(history::list::list, history::add::add))
        .routes(routes!(history::none_known::none_known))
        .routes(routes!(history::withdraw::withdraw))
        .routes(routes!(death::death))
        .routes(routes!(undo_death::undo_death))
}

pub fn router(state: &AppState) -> Router {
    finish(routes().with_state(state.clone()).into(), state)
}
