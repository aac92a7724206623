//! Billing: what was done for a patient and what it costs, invoices, payments, credit notes and refunds.

mod authority;
mod charges;
mod invoices;
mod payments;
mod refunds;
mod refused;
mod statement;
mod view;

use axum::Router;
use http::{AppState, finish};
use utoipa_axum::{router::OpenApiRouter, routes};

/// All endpoints of this function.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(charges::list::list, charges::add::add))
        .routes(routes!(charges::reverse::reverse))
        .routes(routes!(invoices::list::list, invoices::issue::issue))
        .routes(routes!(invoices::get::get))
        .routes(routes!(invoices::download::download))
        .routes(routes!(invoices::credit::credit))
        .routes(routes!(payments::enter::enter))
        .routes(routes!(payments::take_back::take_back))
        .routes(routes!(refunds::ask::ask))
        .routes(routes!(refunds::approve::approve))
        .routes(routes!(refunds::reject::reject))
        .routes(routes!(refunds::complete::complete))
        .routes(routes!(statement::statement))
        .routes(routes!(invoices::all::all))
        .routes(routes!(invoices::numbered::numbered))
        .routes(routes!(invoices::mark::mark))
        .routes(routes!(refunds::list::list))
}

pub fn router(state: &AppState) -> Router {
    finish(routes().with_state(state.clone()).into(), state)
}
