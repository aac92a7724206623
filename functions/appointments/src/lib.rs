//! Appointments: book, move and cancel them, and note arrival, completion or no-show. `domain::appointment` decides what is allowed.

mod arrive;
mod authority;
mod book;
mod calendar;
mod cancel;
mod complete;
mod day;
mod get;
mod list;
mod no_show;
mod refused;
mod reschedule;
mod transition;
mod undo;
mod view;

use axum::Router;
use http::{AppState, finish};
use utoipa_axum::{router::OpenApiRouter, routes};

/// All endpoints of this function.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, book::book))
        .routes(routes!(day::day))
        .routes(routes!(get::get))
        .routes(routes!(reschedule::reschedule))
        .routes(routes!(cancel::cancel))
        .routes(routes!(arrive::arrive))
        .routes(routes!(complete::complete))
        .routes(routes!(no_show::no_show))
        .routes(routes!(undo::undo))
        .routes(routes!(calendar::calendar))
}

pub fn router(state: &AppState) -> Router {
    finish(routes().with_state(state.clone()).into(), state)
}
