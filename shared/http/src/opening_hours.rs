//! When a pharmacy or a laboratory is open.

use super::{Fields, PeriodBody};
use domain::{Invalid, opening_hours::OpeningHours};

/// A week's opening hours. `None` when something is wrong.
pub fn opening_hours(periods: Vec<PeriodBody>, fields: &mut Fields) -> Option<OpeningHours> {
    let parsed = periods.into_iter().take(50).enumerate().map(|(index, period)| period.parse("opening_hours", index, fields));
    // All of them are parsed, so that everything that is wrong is named at once.
    let parsed: Vec<_> = parsed.collect();
    let periods = parsed.into_iter().collect::<Option<Vec<_>>>()?;
    let refuse = |(index, why): (usize, Invalid)| fields.refuse(format!("opening_hours[{index}]"), why.code, why.detail);
    OpeningHours::new(periods).map_err(refuse).ok()
}
