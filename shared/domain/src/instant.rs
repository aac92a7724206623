//! Instants as the API reads and writes them.

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type},
    },
};

use crate::Invalid;

/// An instant as this API writes it: RFC 3339 with the hospital's offset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Instant(String);

impl Instant {
    /// An instant with the offset that the time zone has at that time.
    #[must_use]
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        Self(at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
    }
}

impl PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .max_length(Some(MAX_INSTANT))
            .description(Some("RFC 3339 with offset. Answers have the hospital's offset."))
            .examples(["2026-03-02T09:00:00+00:00"])
            .into()
    }
}

impl ToSchema for Instant {}

/// No instant needs more characters.
const MAX_INSTANT: usize = 40;

/// Parses an RFC 3339 instant. The offset is required, so that no time zone has to be guessed.
///
/// # Errors
/// When the text is not such an instant.
pub fn parse_instant(text: &str) -> Result<Timestamp, Invalid> {
    let refused = || Invalid::new("invalid_instant", "Give an instant with its offset, such as `2026-03-02T09:00:00+01:00`.");
    if text.len() > MAX_INSTANT {
        return Err(refused());
    }
    text.parse().map_err(|_| refused())
}
