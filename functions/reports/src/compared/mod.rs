//! What the parts of the hospital had in a month, one beside the other.

pub(crate) mod appointments_by_doctor;
pub(crate) mod appointments_by_specialization;
pub(crate) mod emergency_by_level;
pub(crate) mod laboratory_by_laboratory;
pub(crate) mod occupancy_by_ward;
pub(crate) mod pharmacy_by_pharmacy;
pub(crate) mod revenue_by_kind;

use domain::figures::Period;
use http::{AppState, Json, Listing, Page, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    figures::{Over, Shown},
    period::month,
};

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MonthQuery {
    /// The month, in the hospital's time zone. When left out: this month.
    #[param(value_type = Option<String>, pattern = "^[1-9][0-9]{3}-(0[1-9]|1[0-2])$", example = "2026-03")]
    month: Option<String>,
}

/// The figures of all subjects that begin like this. `line` makes a line of what comes after it.
async fn compared<T: Shown, L>(
    state: &AppState,
    listing: &Listing<MonthQuery>,
    prefix: &str,
    line: impl Fn(&str, T) -> Option<L>,
) -> Result<Json<Page<L>>, Problem> {
    let month = month(listing.filter.month.clone(), state)?;
    let list = format!("compared?{}&{prefix}&{month}", T::BOOK.as_str());
    let after = listing.after(&state.cursors, &list)?;
    let found = state.store.figures_of_month((T::BOOK, month), prefix, after.as_deref(), listing.limit + 1).await?;
    let days = Period::of(month);
    let Some(days) = (if T::BOOK.looks_ahead() { Some(days) } else { days.so_far(state.today()) }) else {
        return Ok(Json(Page { items: Vec::new(), next_cursor: None }));
    };
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    let Page { items, next_cursor } = page;
    let items = items.iter().filter_map(|found| {
        let figures = T::of(&Over { figures: &found.entry, days, currency: state.hospital.currency });
        line(found.position.strip_prefix(prefix)?, figures)
    });
    Ok(Json(Page { items: items.collect(), next_cursor }))
}
