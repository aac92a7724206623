//! One id, one log line and one trail for every request.

use std::{net::IpAddr, time::Instant};

use axum::{
    extract::{MatchedPath, RawPathParams, Request, State, rejection::RawPathParamsRejection},
    http::{HeaderName, HeaderValue, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{
    audit::Outcome,
    policy::{Rule, Trace},
};
use lambda_http::request::RequestContext;
use store::trail::Trail;
use tracing::Instrument;

use super::Problem;
use crate::state::AppState;

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Adds `x-request-id` to the answer, and logs the route, the status, the duration and the cost. The log line holds no health data, because
/// the route's pattern stands for the path. The audit log gets its entries before the answer goes out.
pub(super) async fn observe(
    State(state): State<AppState>,
    parameters: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let id = state.random.secret::<12>().unwrap_or_default();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let (started, before) = (Instant::now(), state.store.meter().read());

    let span = tracing::info_span!("request", request_id = id);
    let trail = Trail::new(Rule::of(method.as_str(), &route), id.clone(), source(&request), state.clock.now());
    if let Ok(parameters) = &parameters {
        trail.note_parameters(parameters.iter().map(|(_, value)| value));
    }
    let answer = async {
        let response = next.run(request).await;
        match note(&state, &trail, response.status()).await {
            Ok(()) => response,
            Err(problem) => problem.into_response(),
        }
    };
    let mut response = trail.follow(answer).instrument(span).await;

    let spent = state.store.meter().read() - before;
    let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    tracing::info!(request_id = id, %method, route, status, millis, read_units = spent.read, write_units = spent.write, "answered");
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    // For tests, which compare what an answer shows with what the audit log got.
    response.extensions_mut().insert(trail);
    response
}

/// The caller's network address as API Gateway saw it. Headers are not used, because a caller can put anything in them.
fn source(request: &Request) -> Option<IpAddr> {
    match request.extensions().get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref()?.parse().ok(),
        _ => None,
    }
}

/// Adds the request's entries to the audit log. A request that wrote to the table needs none here: what it wrote carries its own entry.
async fn note(state: &AppState, trail: &Trail, status: StatusCode) -> Result<(), Problem> {
    let Some(rule) = trail.rule().filter(|rule| rule.trace != Trace::Nothing) else { return Ok(()) };
    let outcome = match status {
        status if status.is_success() && rule.trace == Trace::Noted => Outcome::Done,
        // Strangers cannot fill the log: the routes that note strangers' attempts also throttle them.
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND
            if trail.has_actor() || (rule.is_open() && rule.trace != Trace::Refusals) =>
        {
            Outcome::Refused
        }
        StatusCode::CONFLICT if trail.shows() => Outcome::Refused,
        _ => return Ok(()),
    };
    // If the entries cannot be stored, the request fails: nothing is shown or done without them.
    state.store.audit_append(trail.entries(outcome)).await?;
    Ok(())
}
