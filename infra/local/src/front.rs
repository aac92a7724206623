//! Everything behind one address: the API, its document, and pages for developers.

use std::{
    net::{IpAddr, SocketAddr},
    sync::LazyLock,
    time::Duration,
};

use askama::Template;
use axum::{
    Router,
    extract::{ConnectInfo, Path, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, uri::Authority},
    middleware::{self, Next},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use http::{Json, Problem};
use lambda_http::{aws_lambda_events::apigw::ApiGatewayV2httpRequestContext, request::RequestContext};
use serde_json::json;
use tower_http::cors::{AllowOrigin, CorsLayer};
use utoipa_swagger_ui::SwaggerUi;

use crate::{
    functions::Functions,
    openapi,
    services::{
        Services,
        mailbox::{Attachment, Mail},
    },
    stream::DeadLetters,
    template::Cors,
};

/// The data that the developers' pages show.
#[derive(Debug, Clone)]
struct DeveloperPages {
    services: Services,
    dead_letters: DeadLetters,
}

/// The API and the pages.
pub fn router(functions: &Functions, services: Services, dead_letters: DeadLetters, cors: &Cors, patience: Duration) -> Router {
    let api = functions.api().layer(cross_origin(cors)).merge(pages(services, dead_letters));
    api.layer(middleware::from_fn_with_state(patience, with_timeout))
        .layer(middleware::from_fn(catch_panics))
        .layer(middleware::from_fn(add_source_address))
}

/// Applies the template's `CorsConfiguration` as API Gateway does. Only the origins differ: here they are all pages of this machine.
fn cross_origin(cors: &Cors) -> CorsLayer {
    let headers = |names: &[String]| names.iter().filter_map(|name| name.parse::<HeaderName>().ok()).collect::<Vec<_>>();
    let methods: Vec<Method> = cors.allow_methods.iter().filter_map(|method| method.parse().ok()).collect();
    let local = |origin: &HeaderValue, _: &_| {
        let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
        origin.is_some_and(|(scheme, authority)| matches!(scheme, "http" | "https") && names_this_machine(authority))
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(local))
        .allow_methods(methods)
        .allow_headers(headers(&cors.allow_headers))
        .expose_headers(headers(&cors.expose_headers))
        .max_age(Duration::from_secs(cors.max_age))
}

/// Whether a `Host` or an origin, with or without a port, is this machine.
fn names_this_machine(authority: &str) -> bool {
    let Ok(authority) = authority.parse::<Authority>() else { return false };
    let host = authority.host().to_ascii_lowercase();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.is_ok_and(|address| address.is_loopback()) || host == "localhost" || host.ends_with(".localhost")
}

/// Refuses other host names. Another website could let its name lead to this machine, and its pages could then read the mailbox. The
/// browser sends that name as `Host`.
async fn for_this_machine(request: Request, next: Next) -> Response {
    let named = request.headers().get(header::HOST).map(|host| host.to_str().unwrap_or_default());
    if named.or_else(|| request.uri().authority().map(Authority::as_str)).is_none_or(names_this_machine) {
        return next.run(request).await;
    }
    let detail = "These pages are for this machine only. Open them at localhost, 127.0.0.1 or [::1].";
    Problem::new(StatusCode::MISDIRECTED_REQUEST, "other_host", detail).into_response()
}

/// How long a request may take. API Gateway has the same limit.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Ends a request that takes too long, for example when the client sends the body too slowly.
async fn with_timeout(State(patience): State<Duration>, request: Request, next: Next) -> Response {
    let detail = "The request did not arrive, or was not answered, in time. Try again.";
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", detail).into_response(),
    }
}

/// Adds the client's network address to the request, as API Gateway does.
async fn add_source_address(mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(from)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        let mut context = ApiGatewayV2httpRequestContext::default();
        context.http.source_ip = Some(from.ip().to_string());
        request.extensions_mut().insert(RequestContext::ApiGatewayV2(context));
    }
    next.run(request).await
}

/// The pages for developers.
pub fn pages(services: Services, dead_letters: DeadLetters) -> Router {
    // Once a run: the document takes long to make.
    static DOCS: LazyLock<Router> =
        LazyLock::new(|| SwaggerUi::new("/docs").external_url_unchecked("/openapi.json", openapi::document().unwrap_or_default()).into());
    Router::new()
        .route("/", get(|| async { Redirect::to("/docs") }))
        .route("/portal", get(portal_page))
        .route("/portal/{*path}", get(portal_page))
        .route("/health", get(|| async { Json(json!({ "status": "ok" })) }))
        .route("/mailbox", get(mailbox_page))
        .route("/mailbox.json", get(mailbox_json))
        .route("/mailbox/{id}", get(mail_page))
        .route("/mailbox/{id}/raw", get(mail_raw))
        .route("/schedules.json", get(schedules_json))
        .route("/dead-letters.json", get(dead_letters_json))
        .route("/dead-letters/replay", post(replay))
        .with_state(DeveloperPages { services, dead_letters })
        .merge(DOCS.clone())
        .layer(middleware::from_fn(for_this_machine))
}

/// Turns a panic into a failed request, so that the connection stays open.
async fn catch_panics(request: Request, next: Next) -> Response {
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(crash) => Problem::internal(&crash).into_response(),
    }
}

/// The page that the links in emails lead to while there is no portal.
async fn portal_page() -> Html<&'static str> {
    Html(include_str!("../templates/portal.html"))
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct MailboxPage {
    mails: Vec<Mail>,
}

async fn mailbox_page(State(desk): State<DeveloperPages>) -> Response {
    let mut mails = desk.services.mailbox.list();
    mails.reverse();
    mails.truncate(200);
    page(&MailboxPage { mails })
}

async fn mailbox_json(State(desk): State<DeveloperPages>) -> Json<Vec<Mail>> {
    Json(desk.services.mailbox.list())
}

#[derive(Template)]
#[template(path = "mail.html")]
struct MailPage {
    mail: Mail,
    attachments: Vec<Attachment>,
}

async fn mail_page(State(desk): State<DeveloperPages>, Path(id): Path<String>) -> Response {
    match desk.services.mailbox.find(&id) {
        Some(mail) => page(&MailPage { attachments: mail.attachments.clone(), mail }),
        None => Problem::not_found("email").into_response(),
    }
}

async fn mail_raw(State(desk): State<DeveloperPages>, Path(id): Path<String>) -> Response {
    match desk.services.mailbox.find(&id) {
        Some(mail) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], mail.raw).into_response(),
        None => Problem::not_found("email").into_response(),
    }
}

async fn schedules_json(State(desk): State<DeveloperPages>) -> Response {
    Json(desk.services.schedules.list()).into_response()
}

async fn replay(State(desk): State<DeveloperPages>) -> StatusCode {
    desk.dead_letters.replay();
    StatusCode::ACCEPTED
}

async fn dead_letters_json(State(desk): State<DeveloperPages>) -> Response {
    Json(desk.dead_letters.list()).into_response()
}

fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
