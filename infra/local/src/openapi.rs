//! The API document: every function's routes in one, with what holds for all of them.

use domain::policy;
use serde_json::Value;
use utoipa::openapi::{Info, OpenApi, ServerBuilder, tag::TagBuilder};

use crate::functions::HTTP_FUNCTIONS;

const ABOUT: &str = "The hospital's API: JSON in snake case, RFC 3339 instants with offset, money as decimal text with its currency. \
Refusals are RFC 9457 problem documents with a stable `code` and every wrong field in `errors`. Lists come in pages with an opaque `cursor`. \
Things carry their version as `ETag`; a change may, and where it says so must, name it as `If-Match`. Every answer carries `x-request-id`.";

const PERMISSIONS: &str = "# Who may do what

Made by `cargo run -- permissions` from the table in `shared/domain/src/policy.rs`, which the extractors in `shared/http/src/auth` enforce and
`tests/it/policy` walks over HTTP, for every role and relationship. A route without a row is closed to everybody.

A relationship in brackets is asked for besides the role: *own* is the caller's account, record or appointment, *treating* the doctor of it.
Where roles alone do not matter, an account that waits for approval may come too. Whoever may not see a thing gets the same answer as
for one that does not exist.

*Checked* says where roles and sign-in come from: *now* looks both up, so that a suspension, a new password or a change of roles holds at
once; *by the token* trusts an access token for its 15 minutes. The last column is what the audit log calls it.

";

/// What people look for, and what they find there.
const TAGS: [(&str, &str); 8] = [
    ("sign-in", "Open an account, sign in, stay signed in, and get back in."),
    ("own account", "One's own account: name, address, password, and where one is signed in."),
    ("accounts", "Everybody's accounts, for administrators."),
    ("audit log", "Who did what."),
    ("emails", "Emails that were refused, for administrators."),
    ("patients", "Patients' own profiles, and who opened them."),
    ("doctors", "The directory, and what is free."),
    ("appointments", "Book, move, cancel, arrive, complete, miss."),
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

/// As it is kept in `infra/openapi.json`.
pub fn json() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&document()?).map(|json| json + "\n")
}

/// Who may call which route, as it is kept in `infra/permissions.md`.
#[must_use]
pub fn permissions() -> String {
    PERMISSIONS.to_owned() + &policy::page()
}
