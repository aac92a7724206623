//! RFC 9457 problem documents: the only form in which this API refuses a request.

use std::error::Error;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use platform::{logs::chain, random::NoEntropy};
use serde::Serialize;
use serde_json::{Map, Value};
use store::StoreError;
use utoipa::ToSchema;

/// Why a request was refused. `code` is stable; `detail` says what to do.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[must_use]
pub struct Problem {
    /// The HTTP status.
    #[serde(serialize_with = "status_number")]
    #[schema(value_type = u16, minimum = 400, maximum = 599, example = 422)]
    pub status: StatusCode,
    /// Stable and in snake case, for programs.
    #[schema(value_type = String, pattern = "^[a-z_]+$", example = "invalid_request")]
    pub code: &'static str,
    /// The status in words.
    pub title: &'static str,
    /// What is wrong here and what to do about it.
    pub detail: String,
    /// Every field that is wrong. Only with `invalid_request`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(min_items = 1)]
    pub errors: Vec<FieldError>,
    /// What the conflict is about, such as the taken slot.
    #[serde(flatten)]
    #[schema(additional_properties)]
    pub more: Map<String, Value>,
    #[serde(skip)]
    #[schema(ignore)]
    retry_after_seconds: Option<u32>,
}

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The field's path, such as `emergency_contact.phone` or `weekly_hours[2].from`.
    pub field: String,
    /// Stable and in snake case, for programs.
    #[schema(value_type = String, pattern = "^[a-z_]+$", example = "required")]
    pub code: &'static str,
    /// What would be accepted.
    pub detail: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn status_number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Problem");
        Self { status, code, title, detail: detail.into(), errors: Vec::new(), more: Map::new(), retry_after_seconds: None }
    }

    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// Fields are wrong, and `errors` lists all of them.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self {
            errors,
            ..Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid_request",
                "Correct the fields listed in `errors` and send the request again.",
            )
        }
    }

    /// One field is wrong.
    pub fn invalid_field(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { field: field.into(), code, detail: detail.into() }])
    }

    /// The caller has not proven who they are.
    pub fn unauthenticated(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
    }

    pub fn token_expired() -> Self {
        Self::unauthenticated("token_expired", "The access token has expired. Get a new one with `POST /auth/refresh`.")
    }

    /// The caller may know that the resource exists, but may not do this. Otherwise use [`Problem::not_found`].
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// The resource does not exist, or the caller may not know that it exists.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("There is no such {what}, or you may not see it."))
    }

    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// The resource has changed since the caller read it.
    pub fn stale() -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "stale",
            "This has changed since you read it. Read it again and repeat the change with its new ETag.",
        )
    }

    /// Something here failed. The cause goes to the log, never to the caller.
    pub fn internal(cause: &dyn Error) -> Self {
        tracing::error!(cause = %chain(cause), "request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something failed on our side. Check whether the change was made before you try again. If it fails again, report the \
                x-request-id.",
        )
    }

    /// A service that we depend on is busy or unreachable at the moment.
    pub fn unavailable(cause: &dyn Error) -> Self {
        tracing::error!(cause = %chain(cause), "dependency unavailable");
        Self {
            retry_after_seconds: Some(2),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The service is busy. Try again in a few seconds.")
        }
    }

    /// Adds a member that names what the conflict is about.
    pub fn with(mut self, member: &str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.more.insert(member.to_owned(), value);
        }
        self
    }

    /// Replaces the code with a more exact one.
    pub fn coded(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after_seconds: Some(seconds), ..self }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::unavailable(&error),
            StoreError::Refused(_) | StoreError::Corrupt { .. } | StoreError::Shape { .. } => Self::internal(&error),
        }
    }
}

impl From<NoEntropy> for Problem {
    fn from(error: NoEntropy) -> Self {
        Self::internal(&error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response =
            (self.status, [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")], body).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"meditrack\""));
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
