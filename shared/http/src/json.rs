//! JSON bodies in and out.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::error::Category;
use utoipa::ToSchema;

use super::{Problem, etag, objects::Objects};

/// The largest request body, in bytes.
pub(super) const MAX_BODY: usize = 64 * 1024;

/// A JSON body. Request types carry `#[serde(deny_unknown_fields)]`, so that a misspelt field is refused and not ignored.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send the body as JSON with `Content-Type: application/json`.",
            ));
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => Problem::bad_request("unreadable_body", "The body could not be read to its end. Send the request again."),
        })?;
        // A body that is not JSON is reported as such, before its shape is.
        if body.trim_ascii_start().first().is_some_and(|first| matches!(first, b'[' | b'"' | b'0'..=b'9' | b'n' | b't' | b'f')) {
            serde_json::from_slice::<serde::de::IgnoredAny>(&body).map_err(|_| malformed())?;
            return Err(Problem::invalid_field("body", "invalid_type", "Expected an object."));
        }
        let mut json = serde_json::Deserializer::from_slice(&body);
        let value = serde_path_to_error::deserialize(Objects(&mut json)).map_err(|error| refused(&error))?;
        json.end().map_err(|_| malformed())?;
        Ok(Self(value))
    }
}

/// For requests that take no body. A body is refused, not ignored; `{}` counts as no body.
#[derive(Debug, Clone, Copy)]
pub struct NoBody;

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = Bytes::from_request(request, state).await.map_err(|_| too_large())?;
        let says_nothing =
            body.is_empty() || serde_json::from_slice(&body).is_ok_and(|body: serde_json::Value| body == serde_json::json!({}));
        if says_nothing { Ok(Self) } else { Err(Problem::invalid_field("body", "unexpected", "Send this request without a body.")) }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

pub(super) fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large. Send at most 64 KiB.")
}

fn malformed() -> Problem {
    Problem::bad_request("malformed_json", "Send the body as one well-formed JSON document.")
}

fn refused(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    if error.inner().classify() != Category::Data {
        return malformed();
    }
    let message = error.inner().to_string();
    let path = error.path().to_string();
    shape_error(&path, &message)
}

/// serde's message quotes the wrong value, which may be private. So the problem says only what was expected.
pub(super) fn shape_error(path: &str, message: &str) -> Problem {
    let quoted = |prefix: &str| message.strip_prefix(prefix).and_then(|rest| rest.split('`').next()).map(str::to_owned);
    let at = |name: &str| {
        let parent = path.strip_suffix(name).map_or(path, |rest| rest.trim_end_matches('.'));
        match parent {
            "" | "." => name.to_owned(),
            parent => format!("{parent}.{name}"),
        }
    };
    if let Some(name) = quoted("unknown field `") {
        return Problem::invalid_field(at(&name), "unknown_field", "There is no such field. See the API document.");
    }
    if let Some(name) = quoted("missing field `") {
        return Problem::invalid_field(at(&name), "required", "This field is required.");
    }
    if let Some(name) = quoted("duplicate field `") {
        return Problem::invalid_field(at(&name), "duplicate_field", "Send this field once.");
    }
    let expected = message.rsplit_once("expected ").map_or("another type", |(_, rest)| rest.split(" at line ").next().unwrap_or(rest));
    let expected = match expected {
        "u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64" => "a whole number",
        "f32" | "f64" => "a number",
        of if of.starts_with("struct ") => "an object",
        other => other,
    };
    let field = if path == "." { "body" } else { path };
    Problem::invalid_field(field, "invalid_type", format!("Expected {expected}."))
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], body).into_response(),
            Err(error) => Problem::internal(&error).into_response(),
        }
    }
}

/// A resource, with its version as ETag.
#[derive(Debug, ToSchema)]
pub struct Versioned<T> {
    pub version: u64,
    pub body: T,
}

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        ([(header::ETAG, etag(self.version))], Json(self.body)).into_response()
    }
}

/// 201: a new resource, with its path as `Location` and its version as ETag.
#[derive(Debug, ToSchema)]
pub struct Created<T> {
    pub location: String,
    pub version: u64,
    pub body: T,
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let location = HeaderValue::from_str(&self.location).unwrap_or(HeaderValue::from_static("/"));
        (StatusCode::CREATED, [(header::LOCATION, location), (header::ETAG, etag(self.version))], Json(self.body)).into_response()
    }
}
