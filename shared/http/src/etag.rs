//! Versions as ETags (RFC 9110 §8.8.3), and changes that say which version they were made from (§13.1.1).

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
};
use utoipa::{
    IntoParams,
    openapi::{
        Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Type},
    },
};

use super::Problem;

/// What every ETag looks like.
pub(super) const PATTERN: &str = "^\"v(0|[1-9][0-9]{0,18})\"$";

/// The ETag of a version.
#[must_use]
pub fn etag(version: u64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"v{version}\"")).unwrap_or(HeaderValue::from_static("\"v0\""))
}

/// The version that a change was made from, if the caller sends it.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(pub Option<u64>);

impl IfMatch {
    /// Refuses a change that was made from another version.
    pub fn check(self, current: u64) -> Result<(), Problem> {
        match self.0 {
            Some(version) if version != current => Err(Problem::stale()),
            _ => Ok(()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(header::IF_MATCH).iter();
        let Some(value) = values.next() else { return Ok(Self(None)) };
        if values.next().is_some() {
            return Err(Problem::bad_request("invalid_if_match", "Send one If-Match header."));
        }
        let malformed = || Problem::bad_request("invalid_if_match", "Send the ETag unchanged as If-Match, such as `\"v3\"`.");
        let text = value.to_str().map_err(|_| malformed())?.trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let version = text.strip_prefix("\"v").and_then(|rest| rest.strip_suffix('"')).and_then(|digits| digits.parse().ok());
        // Only one spelling is valid: not `"v03"`, not `"v+3"`.
        version.filter(|version| etag(*version) == text).map(|version| Self(Some(version))).ok_or_else(malformed)
    }
}

/// Like [`IfMatch`], for changes that must send it.
#[derive(Debug, Clone, Copy)]
pub struct RequiredIfMatch(pub u64);

impl<S: Send + Sync> FromRequestParts<S> for RequiredIfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.headers.get(header::IF_MATCH).is_some_and(|value| value.as_bytes().trim_ascii() == b"*") {
            return Err(Problem::bad_request("invalid_if_match", "This change needs the ETag of a version; `*` is not enough."));
        }
        let required = || {
            Problem::new(StatusCode::PRECONDITION_REQUIRED, "if_match_required", "Send the ETag of the version you changed as If-Match.")
        };
        IfMatch::from_request_parts(parts, state).await?.0.map(Self).ok_or_else(required)
    }
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let pattern = PATTERN.replacen('^', "^(\\*|", 1).replacen('$', ")$", 1);
        let description =
            "The ETag of the version that you changed. The change is refused if there is a newer one. `*` accepts any version.";
        vec![if_match(Required::False, pattern, description)]
    }
}

impl IntoParams for RequiredIfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![if_match(Required::True, PATTERN.to_owned(), "The ETag of the version that you changed.")]
    }
}

fn if_match(required: Required, pattern: String, description: &str) -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).examples(["\"v3\""]);
    let parameter = ParameterBuilder::new().name("If-Match").parameter_in(ParameterIn::Header).required(required);
    parameter.description(Some(description)).schema(Some(schema)).build()
}
