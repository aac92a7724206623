//! The API document: every function's routes in one, with what holds for all of them.

use axum::http::StatusCode;
use domain::policy::{self, Rule};
use shared::http::{Problem, gives_tokens};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, Info, OpenApi, RefOr, Required,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Type},
        security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

const ABOUT: &str = "The hospital's API: JSON in snake case, RFC 3339 instants with offset, money as decimal text with its currency. \
Refusals are RFC 9457 problem documents with a stable `code` and every wrong field in `errors`. Lists come in pages with an opaque `cursor`. \
Things carry their version as `ETag`; a change may, and where it says so must, name it as `If-Match`. Every answer carries `x-request-id`.";

const PERMISSIONS: &str = "# Who may do what

Made by `cargo run -- permissions` from the table in `shared/domain/src/policy.rs`, which the extractors in `shared/src/auth` enforce and
`tests/it/policy.rs` walks over HTTP, for every role and relationship. A route without a row is closed to everybody.

A relationship in brackets is asked for besides the role: *own* is the caller's account, record or visit, *treating* the doctor of it.
Where roles alone do not matter, an account that waits for approval may come too. Whoever may not see a thing gets the same answer as
for one that does not exist.

*Checked* says where roles and sign-in come from: *now* looks both up, so that a suspension, a new password or a change of roles holds at
once; *by the token* trusts an access token for its 15 minutes. The last column is what the audit log calls it.

";

/// The whole document.
#[must_use]
pub fn document() -> OpenApi {
    let mut all = OpenApi::new(Info::new("MediTrack", env!("CARGO_PKG_VERSION")), utoipa::openapi::Paths::new());
    all.info.description = Some(ABOUT.to_owned());
    for part in [
        users::routes().into_openapi(),
        patients::routes().into_openapi(),
        doctors::routes().into_openapi(),
        appointments::routes().into_openapi(),
    ] {
        all.merge(part);
    }
    let components = all.components.get_or_insert_with(Components::new);
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    all.components.get_or_insert_with(Components::new).add_security_scheme("bearer", SecurityScheme::Http(bearer));
    all.security = Some(vec![SecurityRequirement::new("bearer", Vec::<String>::new())]);
    for (path, item) in &mut all.paths.paths {
        if let Some(post) = item.post.as_mut().filter(|_| !gives_tokens(path)) {
            add_parameter(post, idempotency_key());
        }
        let operations = [("GET", &mut item.get), ("POST", &mut item.post), ("PATCH", &mut item.patch), ("DELETE", &mut item.delete)];
        for (method, operation) in operations {
            if let Some(operation) = operation.as_mut() {
                describe_responses(operation);
            }
            if let (Some(operation), Some(rule)) = (operation, Rule::of(method, path)) {
                let who = format!("Who may: {}.", rule.told());
                operation.description = Some(operation.description.take().map_or(who.clone(), |text| format!("{text}\n\n{who}")));
            }
        }
    }
    all
}

/// As it is kept in `infra/openapi.json`.
pub fn json() -> Result<String, serde_json::Error> {
    document().to_pretty_json().map(|json| json + "\n")
}

/// Who may call which route, as it is kept in `infra/permissions.md`.
#[must_use]
pub fn permissions() -> String {
    PERMISSIONS.to_owned() + &policy::page()
}

/// OpenAPI asks for a description of every response; where there is nothing to say, it is the status in words.
fn describe_responses(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            let status = status.parse::<u16>().ok().and_then(|status| StatusCode::from_u16(status).ok());
            status.and_then(|status| status.canonical_reason()).unwrap_or("Answered").clone_into(&mut response.description);
        }
    }
}

fn add_parameter(operation: &mut Operation, parameter: Parameter) {
    operation.parameters.get_or_insert_default().push(parameter.into());
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("Sent again with the same key and body, the request acts once and gets its first answer. Kept for 24 hours."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).max_length(Some(128))))
        .build()
}
