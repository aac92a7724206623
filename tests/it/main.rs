//! The hospital's behaviour, through its router, against a real table, with a clock that stands still.

mod bad_input;
mod booking;
mod contention;
mod cost;
mod doctors;
mod events;
mod faults;
mod idempotency;
mod journey;
mod keys;
mod lists;
mod logs;
mod openapi;
mod patients;
mod policy;
mod races;
mod registration;
mod reminders;
mod restart;
mod routes_agree;
mod services;
mod status;
mod support;
mod suppression;
mod tokens;
