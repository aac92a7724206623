use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use domain::{
    id::PatientId,
    policy::{POLICY, Rule},
};
use http_body_util::BodyExt;
use lambda_http::{aws_lambda_events::apigw::ApiGatewayV2httpRequestContext, request::RequestContext};
use local::template::Template;
use serde_json::Value;
use store::trail::{TableAction, Trail};
use tokio::sync::Barrier;
use tower::ServiceExt;

use super::App;

/// A request in the making.
pub struct Call<'a> {
    app: &'a App,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    source: Option<String>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    pub text: String,
}

impl App {
    pub fn call(&self, method: &str, path: &str) -> Call<'_> {
        Call { app: self, method: method.parse().unwrap(), path: path.to_owned(), headers: Vec::new(), body: Vec::new(), source: None }
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        self.call("GET", path)
    }

    pub fn post(&self, path: &str, body: &Value) -> Call<'_> {
        self.call("POST", path).json(body)
    }
}

impl Call<'_> {
    pub fn json(self, body: &Value) -> Self {
        self.raw(body.to_string().into_bytes()).header("content-type", "application/json")
    }

    pub fn raw(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// From an IP address, as API Gateway reports it.
    pub fn from(mut self, source: &str) -> Self {
        self.source = Some(source.to_owned());
        self
    }

    pub async fn send(self) -> Answer {
        let (method, path) = (self.method.clone(), self.path.clone());
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        if let Some(source) = self.source {
            let mut context = ApiGatewayV2httpRequestContext::default();
            context.http.source_ip = Some(source);
            request = request.extension(RequestContext::ApiGatewayV2(context));
        }
        let response = self.app.router().oneshot(request.body(Body::from(self.body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // A kept answer was noted when it was given the first time.
        let replayed = parts.headers.contains_key("idempotency-replayed");
        if let Some(trail) = parts.extensions.get::<Trail>().filter(|_| parts.status.is_success() && !replayed) {
            shows_nothing_unnoted(trail, &text);
        }
        let rule = parts.extensions.get::<Trail>().and_then(Trail::rule);
        if let Some(trail) = parts.extensions.get::<Trail>() {
            keeps_to_its_role(trail);
        }
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let answer = Answer { status: parts.status, headers: parts.headers, body, text };
        answer.is_as_documented(method.as_str(), &path, rule);
        answer
    }
}

/// Sends all requests at the same moment.
pub async fn at_once(app: &Arc<App>, requests: Vec<(String, Value, String)>) -> Vec<Answer> {
    let barrier = Arc::new(Barrier::new(requests.len()));
    let tasks = requests.into_iter().enumerate().map(|(number, (path, body, token))| {
        let (app, barrier) = (Arc::clone(app), Arc::clone(&barrier));
        tokio::spawn(async move {
            barrier.wait().await;
            app.post(&path, &body).bearer(&token).from(&format!("198.51.100.{number}")).send().await
        })
    });
    let mut answers = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        answers.push(task.await.unwrap());
    }
    answers
}

/// Every patient whose data an answer shows is on the request's trail, and so in their access log. Checked for every answer of every test.
#[track_caller]
fn shows_nothing_unnoted(trail: &Trail, text: &str) {
    let Some(rule) = trail.rule() else { return };
    let mut shown = text.match_indices(PatientId::PREFIX).filter_map(|(at, _)| text.get(at..at + 30)?.parse::<PatientId>().ok());
    if !rule.of_patients {
        // An account, the audit log and the list of emails name patients by id alone. Any other route needs `of_patients` in the policy.
        let by_id_alone = ["/users", "/audit-log", "/emails"].iter().any(|path| rule.route.contains(path));
        assert!(by_id_alone || shown.next().is_none(), "{} shows a patient, and the policy does not say so", rule.route);
        return;
    }
    if rule.searches {
        return;
    }
    let noted = trail.patients();
    for patient in shown {
        assert!(noted.contains(&patient), "{} shows {patient} without a note", rule.route);
    }
    assert!(!noted.is_empty() || text.starts_with("{\"items\":[]"), "{} notes no patient", rule.route);
}

/// The action's name in IAM.
pub fn action_name(action: TableAction) -> &'static str {
    match action {
        TableAction::Get => "GetItem",
        TableAction::Query | TableAction::QueryIndex => "Query",
        TableAction::Put => "PutItem",
        TableAction::Update => "UpdateItem",
        TableAction::Delete => "DeleteItem",
        TableAction::Check => "ConditionCheckItem",
    }
}

/// The request did to the table only what its function's role allows. Checked for every request of every test.
#[track_caller]
fn keeps_to_its_role(trail: &Trail) {
    static FUNCTIONS: LazyLock<(Template, HashMap<&str, String>)> = LazyLock::new(|| {
        let template = Template::read().unwrap();
        let function = |rule: &Rule| {
            let (method, path) = rule.route.split_once(' ')?;
            Some((rule.route, template.function_for(method, &path.replace(['{', '}'], ""))?.to_owned()))
        };
        let functions = POLICY.iter().filter_map(function).collect();
        (template, functions)
    });
    let Some(rule) = trail.rule() else { return };
    let (template, functions) = &*FUNCTIONS;
    let function = &functions[rule.route];
    for (action, prefix) in trail.touched() {
        let (action, index) = (action_name(action), action == TableAction::QueryIndex);
        let allowed = template.table_permissions[function]
            .iter()
            .any(|permission| permission.action == action && permission.index == index && permission.prefix == prefix);
        assert!(allowed, "{function} may not {action} {prefix}, which {} does: see infra/README.md", rule.route);
    }
}

/// The API document. Every answer of every test is compared with it.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| local::openapi::document().unwrap());

/// The operation at an address. A parameter such as `{id}` matches any segment that no other path names.
fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let segments: Vec<_> = path.split('?').next()?.split('/').collect();
    let fits = |pattern: &str| {
        let pattern: Vec<_> = pattern.split('/').collect();
        pattern.len() == segments.len() && pattern.iter().zip(&segments).all(|(name, segment)| name == segment || name.starts_with('{'))
    };
    let paths = DOCUMENT["paths"].as_object()?.iter().filter(|(pattern, _)| fits(pattern));
    let (_, item) = paths.min_by_key(|(pattern, _)| pattern.matches('{').count())?;
    item.get(method.to_lowercase())
}

impl Answer {
    /// Status, code and headers are among those that the API document names.
    fn is_as_documented(&self, method: &str, path: &str, rule: Option<&Rule>) {
        let known = rule.and_then(|rule| rule.route.split_once(' ')).map(|(_, path)| &DOCUMENT["paths"][path][method.to_lowercase()]);
        let operation = known.filter(|known| known.is_object()).or_else(|| operation(method, path));
        let Some(operation) = operation.filter(|_| self.body["code"] != "no_such_route") else { return };
        let told = format!("{method} {path} answers {}, which the API document does not say: {}", self.status, self.text);
        let response = &operation["responses"][self.status.as_str()];
        let response = response["$ref"].as_str().map_or(response, |at| DOCUMENT.pointer(at.trim_start_matches('#')).unwrap());
        assert!(response.is_object(), "{told}");
        if self.status.as_u16() >= 400 {
            let code = format!("`{}`", self.body["code"].as_str().unwrap());
            assert!(response["description"].as_str().unwrap().contains(&code), "{told}");
        }
        for (name, header) in response["headers"].as_object().unwrap() {
            let header = DOCUMENT.pointer(header["$ref"].as_str().unwrap().trim_start_matches('#')).unwrap();
            assert!(header["required"] == false || self.headers.contains_key(name.as_str()), "{name} is missing: {told}");
        }
    }

    /// Fails the test with the whole answer unless the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        if status >= 400 {
            assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{}", self.text);
            assert_eq!(self.body["status"], status);
            assert!(self.body["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{}", self.text);
        }
        assert!(self.headers.contains_key("x-request-id"));
        self
    }

    /// As [`Self::expect`], and checks the problem's code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.body["code"], code, "{}", answer.text);
        answer
    }

    /// 422 with exactly these fields and codes, in any order.
    #[track_caller]
    pub fn invalid(self, expected: &[(&str, &str)]) -> Self {
        let answer = self.refused(422, "invalid_request");
        let mut found: Vec<(&str, &str)> = answer.body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| (error["field"].as_str().unwrap(), error["code"].as_str().unwrap()))
            .collect();
        let mut expected = expected.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{}", answer.text);
        answer
    }

    #[track_caller]
    pub fn etag(&self) -> &str {
        self.headers[header::ETAG].to_str().unwrap()
    }

    #[track_caller]
    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap().to_owned()
    }
}
