//! The whole hospital in one process: the functions' own routers and handlers, on emulated AWS services that speak the
//! real wire formats. Nothing in the functions knows that it runs here.
//!
//! - [`template`] the parts of `infra/template.yaml` that apply here: the table, the stream's filters and retries, the routes
//! - [`database`] an embedded DynamoDB with Streams
//! - [`services`] SES, Scheduler, Secrets Manager and S3, for the calls that we make
//! - [`stream`] delivers the stream's records to `notifications`, with Lambda's batch semantics
//! - [`firing`] calls `reminders` for due schedules
//! - [`front`] every route behind one address, the API document, the mailbox
//! - [`serve`] the port, and limits on its clients
//! - [`demo`] a small hospital to try it with

pub mod database;
pub mod demo;
pub mod filter;
pub mod firing;
pub mod front;
pub mod functions;
pub mod invoke;
pub mod openapi;
pub mod serve;
pub mod services;
pub mod settings;
pub mod stream;
pub mod template;
