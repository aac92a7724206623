//! How people and places perform.

pub(crate) mod doctor;
pub(crate) mod laboratory;
pub(crate) mod pharmacy;
pub(crate) mod ward;

use domain::{
    figures::{Figures, Measure, Period, Subject, ratings},
    money::Currency,
};
use http::{AppState, Fields, Problem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    figures::{Over, Shown},
    period::period,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeriodQuery {
    /// The first day. When left out: 29 days before the last one.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last day, at most 366 days in all. When left out: today, or 29 days after `from` if that is earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
}

/// The ratings of somebody or something.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RatingsOfPeriod {
    /// How many.
    count: i64,
    /// The mean of the stars, with one decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    average: Option<f64>,
}

impl RatingsOfPeriod {
    fn of(over: &Over<'_>) -> Self {
        let (count, average) = ratings(Measure::STARS.map(|measure| over.sum(measure)));
        Self { count, average }
    }
}

/// The days that were asked for, as far as they have come. `None` when all of them are ahead.
fn asked(query: PeriodQuery, state: &AppState) -> Result<(Period, Option<Period>), Problem> {
    let mut fields = Fields::default();
    let asked = period(&mut fields, query.from, query.to, state.today()).ok_or_else(|| fields.problem())?;
    Ok((asked, asked.so_far(state.today())))
}

/// What a report shows of a subject, over all days together.
async fn total<T: Shown>(state: &AppState, subject: &Subject, days: Option<Period>) -> Result<T, Problem> {
    let currency = state.hospital.currency;
    Ok(match days {
        Some(days) => T::of(&Over { figures: &state.store.figures(T::BOOK, subject, days).await?, days, currency }),
        None => nothing(currency),
    })
}

/// Figures of days that are ahead.
fn nothing<T: Shown>(currency: Currency) -> T {
    let days = Period { from: jiff::civil::Date::MIN, to: jiff::civil::Date::MIN };
    T::of(&Over { figures: &Figures::default(), days, currency })
}
