//! A span of days in a request: `from` and `to`, both included.

use domain::patient::parse_date;
use jiff::{ToSpan, civil::Date};

use super::{Fields, Problem};

/// The longest span, in days. It bounds what a request reads.
const MAX_DAYS: i32 = 31;

/// The days that are asked for, or everything that is wrong with a request. From today when `from` is left out, and a week when `to` is.
pub fn days(from: Option<String>, to: Option<String>, today: Date, fields: &mut Fields) -> Result<(Date, Date), Problem> {
    let from = fields.optional("from", from, |text| parse_date(&text));
    let to = fields.optional("to", to, |text| parse_date(&text));
    let (Some(from), Some(to)) = (from, to) else { return Err(std::mem::take(fields).problem()) };
    let from = from.unwrap_or(today);
    let to = to.unwrap_or_else(|| from.saturating_add(6.days()));
    if to < from {
        fields.refuse("to", "before_from", "Choose a last day that is not before the first day.");
    } else if to > from.saturating_add((MAX_DAYS - 1).days()) {
        fields.refuse("to", "range_too_long", format!("Ask for at most {MAX_DAYS} days at once."));
    } else {
        return Ok((from, to));
    }
    Err(std::mem::take(fields).problem())
}
