//! The API document: every function's routes in one, with what holds for all of them.

use domain::policy::Rule;
use utoipa::openapi::{
    Components, Info, OpenApi, Required,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
    schema::{ObjectBuilder, Type},
    security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};

const ABOUT: &str = "The hospital's API: JSON in snake case, RFC 3339 instants with offset, money as decimal text with its currency. \
Refusals are RFC 9457 problem documents with a stable `code` and every wrong field in `errors`. Lists come in pages with an opaque `cursor`. \
Things carry their version as `ETag`; a change may, and where it says so must, name it as `If-Match`. Every answer carries `x-request-id`.";

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
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    all.components.get_or_insert_with(Components::new).add_security_scheme("bearer", SecurityScheme::Http(bearer));
    all.security = Some(vec![SecurityRequirement::new("bearer", Vec::<String>::new())]);
    for (path, item) in &mut all.paths.paths {
        if let Some(post) = item.post.as_mut().filter(|_| !path.starts_with("/auth/")) {
            add_parameter(post, idempotency_key());
        }
        let operations = [("GET", &mut item.get), ("POST", &mut item.post), ("PATCH", &mut item.patch), ("DELETE", &mut item.delete)];
        for (method, operation) in operations {
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
