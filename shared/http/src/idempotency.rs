//! `Idempotency-Key`: a POST that is sent twice acts once.
//!
//! A key belongs to a caller and a route. The first answer is kept for 24 hours and given again. The same key with another body is
//! refused. While the first request runs, a second one gets 409. Answers that carry tokens are never kept, nor are any answers under
//! `/auth`: signing in twice does no harm. A caller whose roles no longer admit them to the route gets no kept answer either.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::policy::Rule;
use platform::random::fingerprint;
use store::idempotency::{Claim, KeptAnswer};

use super::{
    Problem,
    json::{MAX_BODY, too_large},
};
use crate::{auth::Caller, state::AppState};

const HEADER: &str = "idempotency-key";
const ANONYMOUS: &str = "anonymous";
const KEPT_HEADERS: [header::HeaderName; 4] = [header::CACHE_CONTROL, header::CONTENT_TYPE, header::LOCATION, header::ETAG];

pub(super) async fn idempotent(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let applies = request.method() == Method::POST && !gives_tokens(request.uri().path());
    let key = request.headers().get(HEADER).filter(|_| applies).cloned();
    match key.and_then(|key| Some((key, rule(&request)?))) {
        None => next.run(request).await,
        Some((key, rule)) => once(&state, &key, rule, request, next).await.unwrap_or_else(IntoResponse::into_response),
    }
}

/// Whether a route's answers may carry tokens. Such answers are never kept.
#[must_use]
pub fn gives_tokens(path: &str) -> bool {
    path.starts_with("/auth/") || path == "/users/me/password"
}

async fn once(state: &AppState, key: &HeaderValue, rule: &Rule, request: Request, next: Next) -> Result<Response, Problem> {
    let single = request.headers().get_all(HEADER).iter().count() == 1;
    let key = key.to_str().ok().filter(|key| single && (1..=128).contains(&key.len()));
    let key = key.ok_or_else(|| {
        Problem::bad_request("invalid_idempotency_key", "Send one key of 1 to 128 visible ASCII characters, such as a UUID.")
    })?;
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| too_large())?;

    let caller = match Caller::from_request_parts(&mut parts, state).await {
        Ok(caller) => caller.user_id.to_string(),
        // An open route needs no caller. A request without a token is anonymous too; the endpoint refuses it if it needs one.
        Err(_) if rule.is_open() || !parts.headers.contains_key(header::AUTHORIZATION) => ANONYMOUS.to_owned(),
        // The endpoint refuses this caller itself.
        Err(_) => return Ok(next.run(Request::from_parts(parts, Body::from(body))).await),
    };
    // Hashed with a key: a body may hold a password, which somebody could guess from a plain hash.
    let body_hash = state.cursors.fingerprint(&body);
    // Anonymous callers cannot be told apart, so for them another body is another request.
    let scope = if caller == ANONYMOUS { &body_hash } else { &caller };
    let id = fingerprint(format!("{scope}\n{}\n{key}", parts.uri).as_bytes());

    match state.store.idempotency_claim(&id, &body_hash, state.clock.now()).await? {
        Claim::First => {}
        Claim::Kept(answer) => return Ok(replay(answer)),
        Claim::Running => {
            return Err(Problem::conflict(
                "request_in_progress",
                "The first request with this Idempotency-Key is still running, or was cut off. Send it again later: the key is free after \
                    30 seconds.",
            )
            .retry_after(2));
        }
        Claim::OtherBody => {
            let detail = "This Idempotency-Key was used with another body. Use a new key for a new request.";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail));
        }
    }

    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(|error| Problem::internal(&error))?;
    let passing = matches!(parts.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS)
        || parts.status.is_server_error();
    if passing {
        state.store.idempotency_release(&id).await?;
    } else {
        let header = |name: &header::HeaderName| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.to_owned()));
        let answer = KeptAnswer {
            status: parts.status.as_u16(),
            headers: KEPT_HEADERS.iter().filter_map(header).collect(),
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        // The work is done: failing to keep the answer must not turn success into an error.
        if let Err(error) = state.store.idempotency_keep(&id, &body_hash, &answer, state.clock.now()).await {
            tracing::error!(%error, "idempotent answer not kept");
        }
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// What the policy says of the route. What is no route keeps no answer: strangers would fill the table with them.
fn rule(request: &Request) -> Option<&'static Rule> {
    Rule::of(request.method().as_str(), request.extensions().get::<MatchedPath>().map(MatchedPath::as_str)?)
}

fn replay(answer: KeptAnswer) -> Response {
    let mut response = (StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK), answer.body).into_response();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (header::HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    response
}
