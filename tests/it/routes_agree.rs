//! The template, the local front and the API document name the same routes.

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
