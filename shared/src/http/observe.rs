//! One id and one log line for every request.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State as Extract},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

use crate::state::State;

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answers with `x-request-id`, and logs what was asked, what came of it and what it cost, without health data: the
/// route's pattern stands for the path.
pub(super) async fn observe(Extract(state): Extract<State>, request: Request, next: Next) -> Response {
    let id = state.random.secret::<12>().unwrap_or_default();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let (started, before) = (Instant::now(), state.store.meter().read());

    let span = tracing::info_span!("request", request_id = id);
    let mut response = next.run(request).instrument(span).await;

    let spent = state.store.meter().read() - before;
    let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    tracing::info!(request_id = id, %method, route, status, millis, read_units = spent.read, write_units = spent.write, "answered");
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
