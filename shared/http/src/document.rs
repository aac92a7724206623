//! Adds to the API document what follows from the policy and from a route's shape. So an endpoint declares only what is its own: what it
//! takes, what it returns, and the refusals that only it has.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use domain::policy::Rule;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema, openapi::OpenApi};

use super::{Problem, gives_tokens};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The API document of these routes, with everything that the conventions add.
pub fn document(routes: &OpenApi) -> Result<Value, serde_json::Error> {
    let mut document = serde_json::to_value(routes)?;
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    schemas.extend(domain::schema::words().into_iter().map(|(name, schema)| (name.to_owned(), schema)));
    for (name, schema) in schemas {
        document["components"]["schemas"][name] = serde_json::to_value(schema)?;
    }
    document["components"]["headers"] = headers();
    document["components"]["securitySchemes"] = json!({ "bearer": {
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The `access_token` of a sign-in." } });

    let mut shared = Map::new();
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten().filter(|(method, _)| METHODS.contains(&method.as_str())) {
            if let Some(rule) = Rule::of(&method.to_uppercase(), path) {
                Route { method, path, rule }.describe(operation, &mut shared);
            }
        }
    }
    document["components"]["responses"] = shared.into();
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| !name.starts_with("Versioned_") && !name.starts_with("Created_"));
    }
    name_pages(&mut document);
    leave_out_what_is_absent(&mut document);
    forget_unused(&mut document);
    Ok(document)
}

struct Route<'a> {
    method: &'a str,
    path: &'a str,
    rule: &'static Rule,
}

/// A route's refusals by status and code, each with the schema of the members that it adds to a problem.
type Refusals = BTreeMap<u16, BTreeMap<String, Option<Value>>>;

impl Route<'_> {
    fn describe(&self, operation: &mut Value, shared: &mut Map<String, Value>) {
        let who = format!("Who may call this: {}.", self.rule.who_may());
        let told = operation["description"].as_str().map_or(who.clone(), |text| format!("{text}\n\n{who}"));
        operation["description"] = told.into();
        operation["security"] = if self.rule.is_open() { json!([]) } else { json!([{ "bearer": [] }]) };

        let mut parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        parameters.iter_mut().for_each(describe_parameter);
        if self.takes_a_key() {
            parameters.push(json!({
                "name": "Idempotency-Key", "in": "header", "required": false,
                "description": "A request that is sent again with the same key and body acts only once and gets the first answer. \
                    Answers are kept for 24 hours.",
                "schema": { "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]([ -~]*[!-~])?$" } }));
        }
        let refusals = self.refusals(operation, &parameters);
        if !parameters.is_empty() {
            operation["parameters"] = parameters.into();
        }

        let mut responses = Map::new();
        for (status, response) in operation["responses"].as_object().into_iter().flatten() {
            if !status.contains(' ') {
                responses.insert(status.clone(), self.success(status, response.clone()));
            }
        }
        for (status, codes) in refusals {
            let refused = self.refused(status, &codes);
            // Refusals without members of their own are the same for many routes, so the document holds them once.
            let refused = if codes.values().all(Option::is_none) {
                let name = self.name(status, &codes);
                shared.insert(name.clone(), refused);
                json!({ "$ref": format!("#/components/responses/{name}") })
            } else {
                refused
            };
            responses.insert(status.to_string(), refused);
        }
        operation["responses"] = responses.into();
    }

    fn takes_a_key(&self) -> bool {
        self.method == "post" && !gives_tokens(self.path)
    }

    /// The refusals that follow from the route's shape, and those that the route declares.
    fn refusals(&self, operation: &Value, parameters: &[Value]) -> Refusals {
        let mut all: Refusals = BTreeMap::new();
        let mut add = |status: StatusCode, codes: &[&str]| {
            let known = all.entry(status.as_u16()).or_default();
            for code in codes {
                known.entry((*code).to_owned()).or_default();
            }
        };
        let has = |name: &str| parameters.iter().find(|parameter| parameter["name"] == name);
        let (open, body) = (self.rule.is_open(), operation["requestBody"].is_object());

        add(StatusCode::INTERNAL_SERVER_ERROR, &["internal"]);
        add(StatusCode::SERVICE_UNAVAILABLE, &["unavailable"]);
        if !open {
            add(StatusCode::UNAUTHORIZED, &["unauthenticated", "token_expired"]);
            if self.rule.sensitive || self.rule.of_patients {
                add(StatusCode::UNAUTHORIZED, &["signed_out"]);
            }
            if !self.rule.admits(&BTreeSet::new()) {
                add(StatusCode::FORBIDDEN, &["forbidden", "account_not_active"]);
            }
        }
        if self.path.contains('{') || self.path.contains("/me") {
            add(StatusCode::NOT_FOUND, &["not_found"]);
        }
        if body {
            add(StatusCode::BAD_REQUEST, &["malformed_json", "unreadable_body"]);
            add(StatusCode::UNSUPPORTED_MEDIA_TYPE, &["unsupported_media_type"]);
        }
        if matches!(self.method, "post" | "put" | "patch") {
            add(StatusCode::PAYLOAD_TOO_LARGE, &["body_too_large"]);
            add(StatusCode::UNPROCESSABLE_ENTITY, &["invalid_request"]);
        }
        if parameters.iter().any(|parameter| parameter["in"] == "query") {
            add(StatusCode::UNPROCESSABLE_ENTITY, &["invalid_request"]);
        }
        if has("cursor").is_some() {
            add(StatusCode::BAD_REQUEST, &["invalid_cursor"]);
        }
        if let Some(parameter) = has("If-Match") {
            add(StatusCode::BAD_REQUEST, &["invalid_if_match"]);
            add(StatusCode::PRECONDITION_FAILED, &["stale"]);
            if parameter["required"] == true {
                add(StatusCode::PRECONDITION_REQUIRED, &["if_match_required"]);
            }
        }
        if self.takes_a_key() {
            add(StatusCode::BAD_REQUEST, &["invalid_idempotency_key"]);
            add(StatusCode::CONFLICT, &["request_in_progress"]);
            add(StatusCode::UNPROCESSABLE_ENTITY, &["idempotency_key_reused"]);
        }
        for (key, response) in operation["responses"].as_object().into_iter().flatten() {
            if let Some((Ok(status), code)) = key.split_once(' ').map(|(status, code)| (status.parse(), code)) {
                let members = &response["content"]["application/problem+json"]["schema"];
                let says_more = members["properties"].as_object().is_some_and(|members| !members.is_empty());
                all.entry(status).or_default().insert(code.to_owned(), says_more.then(|| members.clone()));
            }
        }
        all
    }

    fn success(&self, status: &str, mut response: Value) -> Value {
        let mut headers = json!({ "x-request-id": header("RequestId") });
        if self.takes_a_key() {
            headers["idempotency-replayed"] = header("IdempotencyReplayed");
        }
        for content in response.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten().map(|(_, content)| content) {
            let name = schema_name(&content["schema"]).unwrap_or_default();
            let (versioned, created) = (name.strip_prefix("Versioned_"), name.strip_prefix("Created_"));
            if created.is_some() {
                headers["Location"] = header("Location");
            }
            if let Some(name) = versioned.or(created) {
                headers["ETag"] = header("ETag");
                content["schema"] = reference(name);
            }
        }
        response["headers"] = headers;
        if response["description"].as_str().is_none_or(str::is_empty) {
            response["description"] = in_words(status).into();
        }
        response
    }

    /// The name of a shared response, such as `404.not_found`.
    fn name(&self, status: u16, codes: &BTreeMap<String, Option<Value>>) -> String {
        let kept = if self.keeps(status) { ".kept" } else { "" };
        let codes: Vec<_> = codes.keys().map(String::as_str).collect();
        format!("{status}{kept}.{}", codes.join("."))
    }

    /// Whether the answer may be an earlier one, kept for its `Idempotency-Key`.
    fn keeps(&self, status: u16) -> bool {
        self.takes_a_key() && !matches!(status, 401 | 403 | 429 | 500..)
    }

    fn refused(&self, status: u16, codes: &BTreeMap<String, Option<Value>>) -> Value {
        let plain: Vec<_> = codes.iter().filter(|(_, members)| members.is_none()).map(|(code, _)| code).collect();
        let mut kinds = Vec::new();
        if !plain.is_empty() {
            kinds.push(problem(status, &json!({ "type": "string", "enum": plain }), None));
        }
        for (code, members) in codes {
            if let Some(members) = members {
                kinds.push(problem(status, &json!({ "type": "string", "enum": [code] }), Some(members)));
            }
        }
        let schema = if kinds.len() == 1 { kinds.remove(0) } else { json!({ "oneOf": kinds }) };

        let mut headers = json!({ "x-request-id": header("RequestId") });
        match status {
            401 => headers["www-authenticate"] = header("WwwAuthenticate"),
            429 | 503 => headers["Retry-After"] = header("RetryAfter"),
            409 if self.takes_a_key() => headers["Retry-After"] = header("RetryAfterInProgress"),
            _ => {}
        }
        if self.keeps(status) {
            headers["idempotency-replayed"] = header("IdempotencyReplayed");
        }
        let codes: Vec<_> = codes.keys().map(|code| format!("`{code}`")).collect();
        json!({
            "description": format!("{}: {}", in_words(&status.to_string()), codes.join(", ")),
            "headers": headers,
            "content": { "application/problem+json": { "schema": schema } },
        })
    }
}

fn problem(status: u16, code: &Value, members: Option<&Value>) -> Value {
    let mut properties = json!({ "status": { "type": "integer", "enum": [status] }, "code": code });
    let mut required = vec![json!("status"), json!("code")];
    if let Some(members) = members {
        for (name, schema) in members["properties"].as_object().into_iter().flatten() {
            properties[name] = not_null(schema.clone());
        }
        required.extend(members["required"].as_array().into_iter().flatten().cloned());
    }
    json!({ "allOf": [{ "$ref": "#/components/schemas/Problem" }, { "type": "object", "properties": properties, "required": required }] })
}

/// `limit` and `cursor` mean the same in every list.
fn describe_parameter(parameter: &mut Value) {
    match parameter["name"].as_str() {
        Some("limit") => parameter["schema"] = super::page::limit_schema(),
        Some("cursor") => parameter["schema"] = super::page::cursor_schema(),
        _ => {}
    }
}

fn header(name: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{name}") })
}

fn headers() -> Value {
    let text = json!({ "type": "string" });
    let seconds = json!({ "type": "integer", "minimum": 1 });
    json!({
        "RequestId": { "description": "Identifies this answer in the hospital's logs.", "required": true, "schema": text },
        "ETag": { "description": "The version of the resource, for `If-Match`.", "required": true,
            "schema": { "type": "string", "pattern": super::etag::PATTERN } },
        "Location": { "description": "The path of the new resource.", "required": true,
            "schema": { "type": "string", "format": "uri-reference" } },
        "RetryAfter": { "description": "Seconds to wait before you try again.", "required": true, "schema": seconds },
        "RetryAfterInProgress": { "description": "Seconds to wait before you try again. Only with `request_in_progress`.",
            "required": false, "schema": seconds },
        "IdempotencyReplayed": { "description": "Present when this is the kept answer to an earlier request with the same key.",
            "required": false, "schema": { "type": "string", "enum": ["true"] } },
        "WwwAuthenticate": { "description": "How to sign in (RFC 6750).", "required": true, "schema": text },
    })
}

fn in_words(status: &str) -> &'static str {
    let status = status.parse::<u16>().ok().and_then(|status| StatusCode::from_u16(status).ok());
    status.and_then(|status| status.canonical_reason()).unwrap_or("Answered")
}

/// Renames `Page_DoctorSummary` to `DoctorSummaryPage`, which reads better.
fn name_pages(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let named = std::mem::take(schemas).into_iter().map(|(name, schema)| (page_name(&name).unwrap_or(name), schema));
    *schemas = named.collect();
    for (name, page) in schemas.iter_mut() {
        if let Some(item) = name.strip_suffix("Page") {
            page["properties"]["items"]["items"] = reference(item);
        }
    }
    each_schema(&mut document["paths"], &mut |schema| {
        if let Some(name) = schema_name(schema).and_then(page_name) {
            *schema = reference(&name);
        }
    });
}

fn schema_name(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn page_name(name: &str) -> Option<String> {
    name.strip_prefix("Page_").map(|item| format!("{item}Page"))
}

/// Removes `null` from the schemas of answers: an answer leaves an absent field out. Only requests may send `null`.
fn leave_out_what_is_absent(document: &mut Value) {
    let mut asked = BTreeSet::new();
    let mut operations = Vec::new();
    for item in document["paths"].as_object().into_iter().flatten().map(|(_, item)| item) {
        operations.extend(item.as_object().into_iter().flatten().map(|(_, operation)| operation));
    }
    for operation in operations {
        reach(&operation["requestBody"], document, &mut asked);
    }
    for (name, schema) in document["components"]["schemas"].as_object_mut().into_iter().flatten() {
        if !asked.contains(name) {
            for property in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten().map(|(_, property)| property)
            {
                *property = not_null(property.take());
            }
        }
    }
}

/// The schema without `null`.
fn not_null(mut schema: Value) -> Value {
    let is_null = |schema: &Value| schema["type"] == "null";
    if let Some(types) = schema.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|name| name != "null");
        if types.len() == 1 {
            schema["type"] = types.remove(0);
        }
    } else if let Some(kinds) = schema.get_mut("oneOf").and_then(Value::as_array_mut)
        && kinds.iter().any(is_null)
    {
        kinds.retain(|kind| !is_null(kind));
        if kinds.len() == 1 {
            let mut only = kinds.remove(0);
            if let Some(description) = schema.get("description").filter(|_| only.get("description").is_none()) {
                only["description"] = description.clone();
            }
            return only;
        }
    }
    schema
}

/// Removes the schemas that no route uses.
fn forget_unused(document: &mut Value) {
    let mut used = BTreeSet::new();
    reach(&document["paths"], document, &mut used);
    reach(&document["components"]["responses"], document, &mut used);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| used.contains(name));
    }
}

/// Collects the schemas that a part of the document refers to.
fn reach(part: &Value, document: &Value, reached: &mut BTreeSet<String>) {
    match part {
        Value::Object(members) => {
            if let Some(name) = schema_name(part).filter(|name| reached.insert((*name).to_owned())) {
                reach(&document["components"]["schemas"][name], document, reached);
            }
            members.values().for_each(|part| reach(part, document, reached));
        }
        Value::Array(items) => items.iter().for_each(|part| reach(part, document, reached)),
        _ => {}
    }
}

fn each_schema(part: &mut Value, change: &mut impl FnMut(&mut Value)) {
    change(part);
    match part {
        Value::Object(members) => members.values_mut().for_each(|part| each_schema(part, change)),
        Value::Array(items) => items.iter_mut().for_each(|part| each_schema(part, change)),
        _ => {}
    }
}
