//! The hospital's rules, pure: no I/O, no async, no HTTP, no AWS.
//!
//! Input is parsed once, at the edge, into types that hold valid values only. Decisions take `now` and the facts
//! that were loaded, and return what should be written. Nothing here knows how data is stored or sent.
#![warn(missing_docs)]

#[macro_use]
mod named;

pub mod account;
pub mod admission;
pub mod allocation;
pub mod appointment;
pub mod audit;
pub mod availability;
pub mod bed;
pub mod bed_request;
pub mod billing;
pub mod booking_limit;
pub mod clock;
pub mod critical_result;
pub mod doctor;
pub mod duplicates;
pub mod email;
pub mod emergency;
pub mod feedback;
pub mod figures;
pub mod history;
pub mod id;
pub mod instant;
pub mod invalid;
pub mod lab_order;
pub mod laboratory;
pub mod leave;
pub mod money;
pub mod mrn;
pub mod opening_hours;
pub mod password;
pub mod patient;
pub mod patient_names;
pub mod patient_search;
pub mod pharmacy;
pub mod policy;
pub mod record;
pub mod reference_range;
pub mod role;
pub mod roster;
pub mod schedule;
pub mod schema;
pub mod session;
pub mod shifts;
pub mod staff;
pub mod stay;
pub mod stock;
pub mod text;
pub mod throttle;
pub mod treating;
pub mod triage;
pub mod turnaround;
pub mod waiting;
pub mod ward;
pub mod ward_manager;

pub use clock::Clock;
pub use invalid::Invalid;
