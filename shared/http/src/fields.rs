//! Collects every field error of a request, so that a person corrects a form once.

use domain::Invalid;
use serde::{Deserialize, Deserializer};

use super::{FieldError, Problem};

/// Distinguishes `null` from a field that is left out.
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A filter that is on or off.
pub fn yes_or_no(text: &str) -> Result<bool, Invalid> {
    text.parse().map_err(|_| Invalid::new("invalid_type", "Use `true` or `false`."))
}

/// A whole number within bounds.
pub fn whole<T: TryFrom<i64>>(number: i64, from: i64, to: i64) -> Result<T, Invalid> {
    let refused = || Invalid::new("out_of_range", format!("Use a whole number from {from} to {to}."));
    if (from..=to).contains(&number) { T::try_from(number).map_err(|_| refused()) } else { Err(refused()) }
}

/// Parses fields one by one and remembers what was wrong.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// Keeps the value, or notes why it was refused.
    pub fn check<T>(&mut self, field: impl Into<String>, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|why| self.refuse(field, why.code, why.detail)).ok()
    }

    /// A field that must be present.
    pub fn required<R, T>(&mut self, field: impl Into<String>, raw: Option<R>, parse: impl FnOnce(R) -> Result<T, Invalid>) -> Option<T> {
        let missing = || Invalid::new("required", "This field is required.");
        self.check(field, raw.ok_or_else(missing).and_then(parse))
    }

    /// A field that may be left out. The outer `None` means that it was present and wrong.
    pub fn optional<R, T>(
        &mut self,
        field: impl Into<String>,
        raw: Option<R>,
        parse: impl FnOnce(R) -> Result<T, Invalid>,
    ) -> Option<Option<T>> {
        match raw {
            None => Some(None),
            Some(raw) => self.check(field, parse(raw)).map(Some),
        }
    }

    /// Notes a refusal.
    pub fn refuse(&mut self, field: impl Into<String>, code: &'static str, detail: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), code, detail: detail.into() });
    }

    /// Whether nothing was refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The refusals as one answer.
    pub fn problem(self) -> Problem {
        Problem::invalid(self.0)
    }
}
