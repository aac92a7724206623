//! The API document: it is fresh and complete, and every route in it needs a token unless it is listed here.

use std::collections::{BTreeMap, BTreeSet};

use local::functions::HTTP_FUNCTIONS;
use serde_json::{Value, json};

use crate::support::App;

/// Routes that anybody may call. Add one only for a good reason.
const OPEN: [&str; 8] = [
    "POST /users",
    "POST /auth/token",
    "POST /auth/refresh",
    "POST /auth/email-token",
    "POST /auth/email-token/exchange",
    "POST /auth/password/forgot",
    "POST /auth/password/reset",
    "GET /.well-known/jwks.json",
];

fn document() -> Value {
    serde_json::from_str(&local::openapi::json().unwrap()).unwrap()
}

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().iter();
            methods.map(|(method, operation)| (method.to_uppercase(), path.clone(), operation.clone())).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn the_committed_document_is_fresh() {
    let committed = include_str!("../../infra/openapi.json");
    assert!(committed == local::openapi::json().unwrap(), "write it again: cargo run -- openapi > infra/openapi.json");
}

#[test]
fn every_operation_is_told() {
    let document = document();
    for (method, path, operation) in operations(&document) {
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path} has no summary");
        for status in operation["responses"].as_object().unwrap().keys() {
            assert!(status.parse::<u16>().is_ok(), "{method} {path} answers {status}");
        }
        assert!(operation["responses"]["503"].is_object() && operation["security"].is_array(), "{method} {path} is not described");
    }
}

/// `/docs` and generated clients find an operation by its id alone.
#[test]
fn every_operation_has_an_id_of_its_own_that_says_what_it_does() {
    const VERBS: &str = "accept acknowledge add adjust admit amend announce approve ask book cancel change close collect compare complete confirm decline dispose download end enter establish get give hand hide invite issue join leave list mark note offer open place prescribe put receive refresh register \
        reinstate reject release rename report request resend reschedule reset return reverse review revise search see set show sign start stop suspend take transfer triage undo verify withdraw write";
    let mut seen = BTreeMap::new();
    for (method, path, operation) in operations(&document()) {
        let id = operation["operationId"].as_str().unwrap().to_owned();
        let (verb, noun) = id.split_once('_').unwrap_or_default();
        assert!(VERBS.split_whitespace().any(|known| known == verb) && !noun.is_empty(), "{id} is not a verb with a noun");
        assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{id}");
        let earlier = seen.insert(id.clone(), format!("{method} {path}"));
        assert!(earlier.is_none(), "{id} is {method} {path} and {}", earlier.unwrap());
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_response_is_described() {
    let document = document();
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    assert!(references.len() > 10);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    for (method, path, operation) in operations(&document) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let response = response["$ref"].as_str().map_or(response, |path| document.pointer(path.trim_start_matches('#')).unwrap());
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path} {status}");
        }
    }
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            references.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}

#[test]
fn no_two_functions_share_a_schemas_name() {
    let mut seen: BTreeMap<String, Value> = BTreeMap::new();
    for function in &HTTP_FUNCTIONS {
        let part = (function.openapi)();
        let part = serde_json::to_value(part).unwrap();
        for (name, schema) in part["components"]["schemas"].as_object().unwrap() {
            let earlier = seen.insert(name.clone(), schema.clone());
            assert!(earlier.is_none_or(|earlier| earlier == *schema), "two schemas are called {name}");
        }
    }
}

#[tokio::test]
async fn every_route_wants_a_token() {
    let app = App::new().await;
    let mut open = BTreeSet::new();
    for (method, path, _) in operations(&document()) {
        let concrete = path.replace("{id}", "apt_01JD8Z0V3XQ5T4E2W9K7M6N8PR");
        let answer = app.call(&method, &concrete).json(&json!({})).send().await;
        if answer.status.as_u16() == 401 && answer.body["code"] == "unauthenticated" {
            continue;
        }
        open.insert(format!("{method} {path}"));
    }
    assert_eq!(open, OPEN.into_iter().map(str::to_owned).collect());
}
