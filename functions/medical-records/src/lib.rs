//! The medical record: encounters, diagnoses, vital signs, treatment plans, surgeries, prescriptions, images and results.
//!
//! Every kind of entry has a folder with what can be done with it. What all kinds have in common is in `entries.rs`.

mod blood_typings;
mod dashboard;
mod diagnoses;
mod encounters;
mod entered_in_error;
mod entries;
mod images;
mod lab_tests;
mod medicines;
mod note_news_read;
mod refused;
mod requests;
mod results;
mod series;
mod summary;
mod surgeries;
mod treatment_plans;
mod versions;
mod vitals;

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
pub struct MedicalRecords {
    pub base: AppState,
    documents: Documents,
}

impl MedicalRecords {
    /// `bucket` holds the documents.
    #[must_use]
    pub fn new(base: AppState, config: &Config, bucket: String) -> Self {
        let sdk = aws::sdk_config(&config.aws, Patience::SomebodyWaits);
        Self { base, documents: Documents::connect(&config.aws, &sdk, bucket) }
    }
}

impl FromRef<MedicalRecords> for AppState {
    fn from_ref(state: &MedicalRecords) -> Self {
        state.base.clone()
    }
}

impl FromRef<MedicalRecords> for Documents {
    fn from_ref(state: &MedicalRecords) -> Self {
        state.documents.clone()
    }
}

/// All endpoints of this function.
pub fn routes() -> OpenApiRouter<MedicalRecords> {
    let record = OpenApiRouter::new()
        .routes(routes!(dashboard::dashboard))
        .routes(routes!(note_news_read::note_news_read))
        .routes(routes!(summary::summary))
        .routes(routes!(series::series))
        .routes(routes!(versions::versions))
        .routes(routes!(entered_in_error::entered_in_error));
    let written = OpenApiRouter::new()
        .routes(routes!(encounters::list::list, encounters::open::open))
        .routes(routes!(encounters::get::get))
        .routes(routes!(encounters::sign::sign))
        .routes(routes!(encounters::read_note::read_note, encounters::write_note::write_note))
        .routes(routes!(diagnoses::list::list, diagnoses::add::add))
        .routes(routes!(diagnoses::get::get, diagnoses::change::change))
        .routes(routes!(vitals::list::list, vitals::add::add))
        .routes(routes!(vitals::get::get, vitals::change::change))
        .routes(routes!(treatment_plans::list::list, treatment_plans::add::add))
        .routes(routes!(treatment_plans::get::get, treatment_plans::change::change))
        .routes(routes!(surgeries::list::list, surgeries::add::add))
        .routes(routes!(surgeries::get::get, surgeries::change::change));
    let prescriptions = OpenApiRouter::new()
        .routes(routes!(medicines::list::list, medicines::prescribe::prescribe))
        .routes(routes!(medicines::get::get, medicines::revise::revise))
        .routes(routes!(medicines::stop::stop))
        .routes(routes!(lab_tests::list::list, lab_tests::prescribe::prescribe))
        .routes(routes!(lab_tests::get::get, lab_tests::revise::revise))
        .routes(routes!(lab_tests::stop::stop))
        .routes(routes!(requests::list::list, requests::ask::ask))
        .routes(routes!(requests::get::get))
        .routes(routes!(requests::decline::decline))
        .routes(routes!(requests::withdraw::withdraw));
    let documents = OpenApiRouter::new()
        .routes(routes!(images::list::list, images::announce::announce))
        .routes(routes!(images::get::get))
        .routes(routes!(images::upload_link::upload_link))
        .routes(routes!(images::complete::complete))
        .routes(routes!(images::download_link::download_link))
        .routes(routes!(blood_typings::list::list, blood_typings::add::add))
        .routes(routes!(blood_typings::get::get, blood_typings::change::change))
        .routes(routes!(results::list::list, results::add::add))
        .routes(routes!(results::get::get, results::change::change))
        .routes(routes!(results::review::review));
    record.merge(written).merge(prescriptions).merge(documents)
}

pub fn router(state: MedicalRecords) -> Router {
    let base = state.base.clone();
    finish(routes().with_state(state).into(), &base)
}
