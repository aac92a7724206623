//! The template, the local front, `cargo lambda watch` and the API document name the same routes.

use std::collections::BTreeSet;

use local::template::Template;

use crate::support::App;

fn documented() -> BTreeSet<String> {
    let document: serde_json::Value = serde_json::from_str(&local::openapi::json().unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, item)| item.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))).collect()
}

#[test]
fn template_and_document() {
    assert_eq!(Template::read().unwrap().routes, documented());
}

#[tokio::test]
async fn document_and_local_front() {
    let app = App::new().await;
    for route in documented() {
        let (method, path) = route.split_once(' ').unwrap();
        let answer = app.call(method, &path.replace("{id}", "x")).send().await;
        assert!(
            !["no_such_route", "method_not_allowed"].contains(&answer.body["code"].as_str().unwrap_or_default()),
            "{route} is not served"
        );
    }
}

/// Which function `cargo lambda watch` sends a path to, as `Cargo.toml` says.
fn watched(path: &str) -> Option<&'static str> {
    let section = include_str!("../../Cargo.toml").split("[workspace.metadata.lambda.watch.router]").nth(1)?.split("\n[").next()?;
    let routes = section.lines().filter_map(|line| line.split_once(" = "));
    let unquoted = routes.map(|(route, function)| (route.trim_matches('"'), function.trim_matches('"')));
    unquoted
        .into_iter()
        .find(|(route, _)| route.strip_suffix("{*path}").map_or(*route == path, |prefix| path.starts_with(prefix)))
        .map(|(_, function)| function)
}

#[test]
fn document_and_watch() {
    let parts = [
        ("users", users::routes().into_openapi()),
        ("patients", patients::routes().into_openapi()),
        ("doctors", doctors::routes().into_openapi()),
        ("appointments", appointments::routes().into_openapi()),
    ];
    for (function, document) in parts {
        for path in document.paths.paths.keys() {
            assert_eq!(watched(path), Some(function), "{path}");
        }
    }
}
