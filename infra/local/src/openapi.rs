//! The API document: every function's routes in one, with what holds for all of them.

use domain::policy;
use serde_json::Value;
use utoipa::openapi::{Info, OpenApi, ServerBuilder, tag::TagBuilder};

use crate::functions::HTTP_FUNCTIONS;

const ABOUT: &str = "The hospital's API: JSON in snake case, RFC 3339 instants with a UTC offset, money as decimal text with its currency. \
Refusals are RFC 9457 problem documents with a stable `code` and every wrong field in `errors`. Lists come in pages with a `cursor`. \
Resources carry their version as `ETag`. A change may send it as `If-Match`, and some changes must. Every answer carries `x-request-id`.";

const PERMISSIONS: &str = "# Who may do what

Made by `cargo run -- permissions` from the table in `shared/domain/src/policy.rs`. The extractors in `shared/http/src/auth` enforce it, and
`tests/it/policy` tries every route over HTTP, for every role and relationship. A route without a row is closed to everybody.

A relationship in brackets is required in addition to the role. *own*: the account, patient profile or appointment is the caller's own.
*treating*: the caller is the doctor of the patient or of the appointment. *every account* includes accounts that wait for approval. A
caller who may not see something gets the same answer as for something that does not exist.

*Checked* says where the roles and the sign-in come from. *now*: both are looked up, so that a suspension, a new password or a change of
roles takes effect at once. *by the token*: the access token is trusted for its 15 minutes. The last column is the action's name in the
audit log.

";

/// The tags that group the endpoints, with their descriptions.
const TAGS: [(&str, &str); 11] = [
    ("sign-in", "Open an account, sign in, stay signed in, and get back in."),
    ("own account", "Your own account: name, email address, password and sign-ins."),
    ("accounts", "Everybody's accounts, for administrators."),
    ("audit log", "Who did what."),
    ("emails", "Emails that the email service refused, for administrators."),
    ("patients", "Patient profiles, and who opened them."),
    ("doctors", "The directory, profiles and free slots."),
    ("staff", "The profiles of those who work here, and the directory."),
    ("roster", "Who works when, and who is on duty."),
    ("leave", "Ask for leave, decide about it, and what is left of it."),
    ("appointments", "Book, move and cancel appointments, and note arrival, completion or no-show."),
];

/// The whole document.
pub fn document() -> Result<Value, serde_json::Error> {
    let mut all = OpenApi::new(Info::new("MediTrack", env!("CARGO_PKG_VERSION")), utoipa::openapi::Paths::new());
    all.info.description = Some(ABOUT.to_owned());
    all.servers = Some(vec![ServerBuilder::new().url("/").description(Some("Where this document is served from.")).build()]);
    all.tags = Some(TAGS.map(|(name, description)| TagBuilder::new().name(name).description(Some(description)).build()).into());
    for function in &HTTP_FUNCTIONS {
        all.merge((function.openapi)());
    }
    http::document(&all)
}

/// The document as text, as it is kept in `infra/openapi.json`.
pub fn json() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&document()?).map(|json| json + "\n")
}

/// Who may call which route, as it is kept in `infra/permissions.md`.
#[must_use]
pub fn permissions() -> String {
    PERMISSIONS.to_owned() + &policy::page()
}
