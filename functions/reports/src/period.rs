//! The days of a report.

use domain::{
    figures::{MOST_DAYS, NotAPeriod, Period},
    patient::parse_date,
    turnaround::Month,
};
use http::{AppState, Fields, Problem};
use jiff::{ToSpan, civil::Date};

/// How many days a report has when nobody says which.
const DAYS: i64 = 30;

/// The days from `from` to `to`. When left out: the last thirty, up to today.
pub(crate) fn period(fields: &mut Fields, from: Option<String>, to: Option<String>, today: Date) -> Option<Period> {
    let from = fields.optional("from", from, |text| parse_date(&text));
    let to = fields.optional("to", to, |text| parse_date(&text));
    let (from, to) = from.zip(to)?;
    let to = to.unwrap_or_else(|| from.map_or(today, |from| from.saturating_add((DAYS - 1).days()).min(today.max(from))));
    let from = from.unwrap_or_else(|| to.saturating_sub((DAYS - 1).days()));
    match Period::new(from, to) {
        Ok(period) => Some(period),
        Err(NotAPeriod::Reversed) => {
            fields.refuse("to", "before_from", "The last day is before the first one.");
            None
        }
        Err(NotAPeriod::TooLong) => {
            fields.refuse("to", "too_long", format!("A report has at most {MOST_DAYS} days. Ask for less, and ask again for the rest."));
            None
        }
    }
}

/// A month. When left out: this one.
pub(crate) fn month(text: Option<String>, state: &AppState) -> Result<Month, Problem> {
    let mut fields = Fields::default();
    let month = fields.optional("month", text, |text| text.parse::<Month>()).ok_or_else(|| fields.problem())?;
    Ok(month.unwrap_or_else(|| Month::of_day(state.today())))
}
