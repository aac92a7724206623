//! A hospital for one test, and helpers for what tests do with it.

mod app;
mod http;
pub mod logs;
mod people;

pub use app::{App, NOW, shared_database};
pub use http::{Answer, action_name, at_once};
pub use people::{Doctor, PASSWORD, Patient, booking, emailed_token};
