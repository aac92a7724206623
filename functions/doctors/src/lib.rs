//! Doctors: their profiles, the directory and free slots. `users` adds doctors, because only it opens accounts.

mod change;
mod dashboard;
mod exceptions;
mod get;
mod list;
mod me;
mod patients;
mod slots;
mod specialty_slots;
mod waiting;

use axum::Router;
use http::{AppState, finish};
use utoipa_axum::{router::OpenApiRouter, routes};

/// All endpoints of this function.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(specialty_slots::specialty_slots))
        .routes(routes!(patients::patients))
        .routes(routes!(dashboard::dashboard))
        .routes(routes!(waiting::waiting))
        .routes(routes!(me::me, me::change_me))
        .routes(routes!(get::get, change::change))
        .routes(routes!(exceptions::list::list, exceptions::add::add))
        .routes(routes!(exceptions::cancel::cancel))
        .routes(routes!(slots::slots))
}

pub fn router(state: &AppState) -> Router {
    finish(routes().with_state(state.clone()).into(), state)
}
