//! Appointments: book, move and cancel them, note arrival, completion or no-show, and wait for a slot. `domain::appointment` and
//! `domain::waiting` decide what is allowed.

mod arrive;
mod authority;
mod book;
mod calendar;
mod cancel;
mod complete;
mod day;
mod download;
mod extra;
mod get;
mod list;
mod no_show;
mod refused;
mod reschedule;
mod transition;
mod undo;
mod view;
mod waiting;

use axum::Router;
use http::{AppState, finish};
use utoipa_axum::{router::OpenApiRouter, routes};

/// All endpoints of this function.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, book::book))
        .routes(routes!(extra::extra))
        .routes(routes!(day::day))
        .routes(routes!(calendar::calendar))
        .routes(routes!(get::get))
        .routes(routes!(reschedule::reschedule))
        .routes(routes!(cancel::cancel))
        .routes(routes!(arrive::arrive))
        .routes(routes!(complete::complete))
        .routes(routes!(no_show::no_show))
        .routes(routes!(undo::undo))
        .routes(routes!(download::download))
        .routes(routes!(waiting::list::list, waiting::join::join))
        .routes(routes!(waiting::get::get))
        .routes(routes!(waiting::accept::accept))
        .routes(routes!(waiting::decline::decline))
        .routes(routes!(waiting::leave::leave))
}

pub fn router(state: &AppState) -> Router {
    finish(routes().with_state(state.clone()).into(), state)
}
