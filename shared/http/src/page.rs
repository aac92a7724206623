//! Lists come in pages. A cursor works only for the list that it came from.

use axum::{extract::FromRequestParts, http::request::Parts};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Type},
    },
};

use super::{Problem, cursor::CursorKey, params::read};

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// In the list's order.
    pub items: Vec<T>,
    /// Send this as `cursor` for the next page. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The first `limit` items that were found. If there are more, the page has a cursor that continues after its last item.
    pub fn cut(mut found: Vec<T>, limit: usize, seal: impl FnOnce(&T) -> String) -> Self {
        let more = found.len() > limit;
        found.truncate(limit);
        let next_cursor = found.last().filter(|_| more).map(seal);
        Self { items: found, next_cursor }
    }

    /// The page with every item converted.
    pub fn map<U>(self, shape: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(shape).collect(), next_cursor: self.next_cursor }
    }
}

/// A request for a list: `limit`, `cursor` and filters. `T` holds the filters and carries `#[serde(deny_unknown_fields)]`. Every field of
/// it is a string that the endpoint parses.
#[derive(Debug, Clone)]
pub struct Listing<T> {
    pub filter: T,
    pub limit: usize,
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct Paging {
    limit: Option<String>,
    cursor: Option<String>,
}

/// A list that cannot be filtered.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

impl<T> Listing<T> {
    /// The position after which the page begins, if there is a cursor. `list` names the list and everything it is filtered by.
    pub fn after(&self, cursors: &CursorKey, list: &str) -> Result<Option<String>, Problem> {
        self.cursor.as_deref().map(|cursor| cursors.open(list, cursor)).transpose()
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Listing<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs: Vec<(String, String)> = read(query)?;
        let (paging, filters): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(name, _)| matches!(name.as_str(), "limit" | "cursor"));
        let part = |pairs: Vec<(String, String)>| serde_urlencoded::to_string(pairs).map_err(|error| Problem::internal(&error));
        let paging: Paging = read(&part(paging)?)?;
        Ok(Self { filter: read(&part(filters)?)?, limit: limit(paging.limit.as_deref())?, cursor: paging.cursor })
    }
}

impl IntoParams for NoFilter {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        Vec::new()
    }
}

impl<T: IntoParams> IntoParams for Listing<T> {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = |name: &str, description: &str| {
            let text = ObjectBuilder::new().schema_type(Type::String);
            let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query).required(Required::False);
            parameter.description(Some(description)).schema(Some(text)).build()
        };
        let mut all = T::into_params(place);
        all.push(parameter("limit", "The most items on the page: 1 to 100. When left out: 20."));
        all.push(parameter("cursor", "The `next_cursor` of the previous page. Send the same filters with it."));
        all
    }
}

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;

/// Parses `limit`, 1 to 100, 20 when left out.
fn limit(raw: Option<&str>) -> Result<usize, Problem> {
    let Some(raw) = raw else { return Ok(DEFAULT_LIMIT as usize) };
    let digits = !raw.starts_with('+');
    let limit = raw.parse::<u32>().ok().filter(|limit| digits && (1..=MAX_LIMIT).contains(limit));
    limit
        .map(|limit| limit as usize)
        .ok_or_else(|| Problem::invalid_field("limit", "invalid_limit", format!("Use a number from 1 to {MAX_LIMIT}.")))
}

pub(super) fn limit_schema() -> Value {
    json!({ "type": "integer", "format": "int32", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT })
}

pub(super) fn cursor_schema() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]+$" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        assert_eq!(limit(None).unwrap(), 20);
        assert_eq!(limit(Some("100")).unwrap(), 100);
        for bad in ["0", "101", "-1", "ten", "", "1e1", "+5"] {
            assert_eq!(limit(Some(bad)).unwrap_err().errors[0].field, "limit");
        }
    }
}
