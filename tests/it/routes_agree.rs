//! The template, the local front, `cargo lambda watch` and the API document name the same routes.

use local::{
    functions::{HTTP_FUNCTIONS, HttpFunction, watch_routes},
    template::Template,
};

use crate::support::App;

fn documented() -> Vec<(String, String)> {
    let document: serde_json::Value = serde_json::from_str(&local::openapi::json().unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, item)| item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))).collect()
}

/// Every route of the functions' own documents, with the function's name.
fn served() -> Vec<(String, String, &'static str)> {
    let of = |function: &HttpFunction| {
        let document = serde_json::to_value((function.openapi)()).unwrap();
        let paths = document["paths"].as_object().unwrap().clone().into_iter();
        let name = function.name;
        paths.flat_map(move |(path, item)| {
            let methods: Vec<_> = item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
            methods.into_iter().map(move |method| (method, path.clone(), name))
        })
    };
    HTTP_FUNCTIONS.iter().flat_map(of).collect()
}

#[test]
fn the_gateway_calls_the_function_that_serves_a_route() {
    let template = Template::read().unwrap();
    let served = served();
    for (method, path, function) in &served {
        assert_eq!(template.function_for(method, &path.replace(['{', '}'], "")), Some(*function), "{method} {path}");
    }
    let mut routes: Vec<_> = served.iter().map(|(method, path, _)| (method.clone(), path.clone())).collect();
    let mut of_document = documented();
    routes.sort();
    of_document.sort();
    assert_eq!(routes, of_document, "each route is one function's");
    // Every route of the gateway leads to a route of the API document.
    for route in &template.routes {
        let taken = served.iter().any(|(method, path, function)| route.takes(method, path) && *function == route.function);
        assert!(taken, "{route:?} takes no route of the API document");
    }
    assert_eq!(template.function_for("GET", "/nothing"), None);
}

#[tokio::test]
async fn document_and_local_front() {
    let app = App::new().await;
    for (method, path) in documented() {
        let answer = app.call(&method, &path.replace("{id}", "x")).send().await;
        assert!(
            !["no_such_route", "method_not_allowed"].contains(&answer.body["code"].as_str().unwrap_or_default()),
            "{method} {path} is not served"
        );
    }
}

#[test]
fn watch_follows_the_list_of_functions() {
    let cargo = include_str!("../../Cargo.toml");
    let section = cargo.split("[workspace.metadata.lambda.watch.router]\n").nth(1).unwrap().split("\n[").next().unwrap();
    assert_eq!(section.trim_end(), watch_routes().trim_end(), "write it again: cargo run -- watch-routes");
}

#[test]
fn every_http_function_is_on_the_list() {
    let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../functions")).unwrap();
    let mut served: Vec<_> = folders.map(|folder| folder.unwrap().file_name().into_string().unwrap()).collect();
    served.retain(|name| !["low-stock", "notifications", "reminders"].contains(&name.as_str()));
    served.sort();
    let mut listed = HTTP_FUNCTIONS.map(|function| function.name);
    listed.sort_unstable();
    assert_eq!(served, listed);
}

/// The gateway hands a browser's preflight on, and adds the headers of the template's CORS settings to a successful answer.
#[tokio::test]
async fn every_function_answers_a_preflight() {
    let app = App::new().await;
    let state = &app.functions.state;
    for (router, path) in
        [(appointments::router(state), "/appointments"), (doctors::router(state), "/doctors"), (patients::router(state), "/patients/me")]
    {
        let preflight = axum::http::Request::options(path).header("origin", "https://portal.example.org");
        let preflight = preflight.header("access-control-request-method", "GET").body(axum::body::Body::empty()).unwrap();
        let answer = tower::ServiceExt::oneshot(router, preflight).await.unwrap();
        assert_eq!(answer.status(), 204, "{path}");
    }
}
