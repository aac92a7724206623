//! Wards: their managers and beds, who lies in which bed, who waits for one, and which bed has to be cleaned.

mod admissions;
mod authority;
mod bed_requests;
mod beds;
mod board;
mod cleaning_tasks;
mod critical_care;
mod established;
mod managers;
mod refused;

use axum::Router;
use http::{AppState, finish};
use utoipa_axum::{router::OpenApiRouter, routes};

/// All endpoints of this function.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(established::list::list, established::establish::establish))
        .routes(routes!(established::get::get, established::change::change))
        .routes(routes!(managers::list::list, managers::take::take))
        .routes(routes!(managers::release::release))
        .routes(routes!(board::board))
        .routes(routes!(bed_requests::list::list))
        .routes(routes!(beds::cleaned::cleaned))
        .routes(routes!(beds::take_out::take_out))
        .routes(routes!(beds::put_back::put_back))
        .routes(routes!(cleaning_tasks::cleaning_tasks))
        .routes(routes!(critical_care::critical_care))
        .routes(routes!(admissions::list::list, admissions::admit::admit))
        .routes(routes!(admissions::get::get, admissions::change::change))
        .routes(routes!(admissions::transfer::transfer))
        .routes(routes!(admissions::medically_ready::medically_ready))
        .routes(routes!(admissions::not_ready::not_ready))
        .routes(routes!(admissions::left::left))
        .routes(routes!(bed_requests::ask::ask))
        .routes(routes!(bed_requests::withdraw::withdraw))
}

pub fn router(state: &AppState) -> Router {
    finish(routes().with_state(state.clone()).into(), state)
}
