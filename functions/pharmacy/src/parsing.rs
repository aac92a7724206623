//! What several requests are made of.

use domain::{Invalid, opening_hours::OpeningHours, record::medicines::Ingredient};
use http::{Fields, PeriodBody};

/// A whole number within bounds.
pub(crate) fn whole<T: TryFrom<i64>>(number: i64, from: i64, to: i64) -> Result<T, Invalid> {
    let refused = || Invalid::new("out_of_range", format!("Use a whole number from {from} to {to}."));
    if (from..=to).contains(&number) { T::try_from(number).map_err(|_| refused()) } else { Err(refused()) }
}

/// One to five active ingredients, each once.
pub(crate) fn ingredients(names: &[String]) -> Result<Vec<Ingredient>, Invalid> {
    if names.is_empty() || names.len() > 5 {
        return Err(Invalid::new("out_of_range", "Name one to five active ingredients."));
    }
    let mut parsed = names.iter().map(|name| Ingredient::parse(name)).collect::<Result<Vec<_>, _>>()?;
    parsed.sort_unstable();
    parsed.dedup();
    Ok(parsed)
}

/// A week's opening hours. `None` when something is wrong.
pub(crate) fn opening_hours(periods: Vec<PeriodBody>, fields: &mut Fields) -> Option<OpeningHours> {
    let parsed = periods.into_iter().take(50).enumerate().map(|(index, period)| period.parse("opening_hours", index, fields));
    // All of them are parsed, so that everything that is wrong is named at once.
    let parsed: Vec<_> = parsed.collect();
    let periods = parsed.into_iter().collect::<Option<Vec<_>>>()?;
    let refuse = |(index, why): (usize, Invalid)| fields.refuse(format!("opening_hours[{index}]"), why.code, why.detail);
    OpeningHours::new(periods).map_err(refuse).ok()
}
