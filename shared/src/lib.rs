//! Everything that speaks HTTP or AWS, once for all functions. The hospital's rules are in `domain`.

pub mod auth;
mod availability;
pub mod aws;
pub mod config;
pub mod http;
pub mod mail;
pub mod random;
pub mod reminders;
mod state;
pub mod store;
pub mod telemetry;
pub mod trail;

pub use state::{EventState, State};
