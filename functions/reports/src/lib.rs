//! Reports of the hospital day by day, what its parts amount to in a month, and how its people and places perform. All of them read figures that were
//! counted when things happened.

#[macro_use]
mod figures;

mod authority;
mod compared;
mod daily;
mod performance;
mod period;

use axum::Router;
use http::{AppState, finish};
use utoipa_axum::{router::OpenApiRouter, routes};

/// All endpoints of this function.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(daily::occupancy::occupancy))
        .routes(routes!(daily::appointments::appointments))
        .routes(routes!(daily::emergency::emergency))
        .routes(routes!(daily::revenue::revenue))
        .routes(routes!(daily::laboratory::laboratory))
        .routes(routes!(daily::pharmacy::pharmacy))
        .routes(routes!(compared::occupancy_by_ward::occupancy_by_ward))
        .routes(routes!(compared::appointments_by_doctor::appointments_by_doctor))
        .routes(routes!(compared::appointments_by_specialization::appointments_by_specialization))
        .routes(routes!(compared::emergency_by_level::emergency_by_level))
        .routes(routes!(compared::revenue_by_kind::revenue_by_kind))
        .routes(routes!(compared::laboratory_by_laboratory::laboratory_by_laboratory))
        .routes(routes!(compared::pharmacy_by_pharmacy::pharmacy_by_pharmacy))
        .routes(routes!(performance::doctor::doctor))
        .routes(routes!(performance::ward::ward))
        .routes(routes!(performance::laboratory::laboratory))
        .routes(routes!(performance::pharmacy::pharmacy))
}

pub fn router(state: &AppState) -> Router {
    finish(routes().with_state(state.clone()).into(), state)
}
