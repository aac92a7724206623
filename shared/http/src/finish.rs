//! What every function's router ends with.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{Method, StatusCode},
    middleware,
    response::IntoResponse,
};

use super::{Problem, idempotency::idempotent, json::MAX_BODY, observe::observe};
use crate::state::AppState;

/// Adds the conventions that hold for every route: problem documents for unknown routes and methods, a bounded body,
/// idempotency keys, and one log line a request.
pub fn finish(router: Router, state: &AppState) -> Router {
    router
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "no_such_route", "There is no such route. See the API document."))
        .method_not_allowed_fallback(async |method: Method| {
            // A browser's preflight: the gateway hands it on, and adds what the template's CORS settings say to the answer.
            if method == Method::OPTIONS {
                return StatusCode::NO_CONTENT.into_response();
            }
            let detail = "This route does not accept this method. See the API document.";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail).into_response()
        })
        .layer(middleware::from_fn_with_state(state.clone(), idempotent))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(state.clone(), observe))
}
