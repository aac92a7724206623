//! How this API speaks HTTP: one convention per file.

pub mod auth;
mod cursor;
mod days;
mod doctor_view;
mod document;
mod etag;
mod fields;
mod finish;
mod idempotency;
mod json;
mod objects;
mod observe;
mod page;
mod params;
mod problem;
mod refusals;
mod run;
mod state;
mod views;

pub use days::days;
pub use doctor_view::{DoctorView, PeriodBody, parse_hours};
pub use document::document;
pub use etag::{IfMatch, RequiredIfMatch, etag};
pub use fields::{Fields, given};
pub use finish::finish;
pub use idempotency::gives_tokens;
pub use json::{Created, Json, NoBody, Versioned};
pub use lambda_http::Error;
pub use page::{Listing, NoFilter, Page};
pub use params::{Path, Query};
pub use problem::{FieldError, Problem};
pub use refusals::{Day, refusal};
pub use run::run;
pub use state::AppState;
pub use views::{EmergencyContactBody, MoneyBody, SlotView, next_of_kin};
