//! Laboratories: the tests that they offer, the orders of these, and their results.

mod authority;
mod critical;
mod laboratories;
mod orders;
mod refused;
mod reports;
mod technicians;
mod tests;
mod turnaround;

use axum::{Router, extract::FromRef};
use documents::Documents;
use http::{AppState, finish};
use platform::{
    aws::{self, Patience},
    config::Config,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The state that all endpoints of this function share.
#[derive(Clone, Debug)]
pub struct Laboratories {
    pub base: AppState,
    documents: Documents,
}

impl Laboratories {
    /// `bucket` holds the reports.
    #[must_use]
    pub fn new(base: AppState, config: &Config, bucket: String) -> Self {
        let sdk = aws::sdk_config(&config.aws, Patience::SomebodyWaits);
        Self { base, documents: Documents::connect(&config.aws, &sdk, bucket) }
    }
}

impl FromRef<Laboratories> for AppState {
    fn from_ref(state: &Laboratories) -> Self {
        state.base.clone()
    }
}

impl FromRef<Laboratories> for Documents {
    fn from_ref(state: &Laboratories) -> Self {
        state.documents.clone()
    }
}

/// All endpoints of this function.
pub fn routes() -> OpenApiRouter<Laboratories> {
    let laboratories = OpenApiRouter::new()
        .routes(routes!(laboratories::list::list, laboratories::register::register))
        .routes(routes!(laboratories::get::get, laboratories::change::change))
        .routes(routes!(technicians::list::list, technicians::add::add))
        .routes(routes!(technicians::release::release))
        .routes(routes!(tests::list::list, tests::offer::offer))
        .routes(routes!(tests::get::get, tests::change::change))
        .routes(routes!(tests::anywhere::anywhere))
        .routes(routes!(turnaround::turnaround));
    let orders = OpenApiRouter::new()
        .routes(routes!(orders::of_laboratory::of_laboratory))
        .routes(routes!(orders::list::list, orders::place::place))
        .routes(routes!(orders::get::get))
        .routes(routes!(orders::collect::collect))
        .routes(routes!(orders::reject::reject))
        .routes(routes!(orders::start::start))
        .routes(routes!(orders::result::result))
        .routes(routes!(orders::verify::verify))
        .routes(routes!(orders::release::release))
        .routes(routes!(orders::amend::amend))
        .routes(routes!(orders::cancel::cancel));
    let results = OpenApiRouter::new()
        .routes(routes!(critical::list::list))
        .routes(routes!(critical::acknowledge::acknowledge))
        .routes(routes!(reports::announce::announce))
        .routes(routes!(reports::upload_link::upload_link))
        .routes(routes!(reports::complete::complete))
        .routes(routes!(reports::download_link::download_link))
        .routes(routes!(reports::generate::generate));
    laboratories.merge(orders).merge(results)
}

pub fn router(state: Laboratories) -> Router {
    let base = state.base.clone();
    finish(routes().with_state(state).into(), &base)
}
