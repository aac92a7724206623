//! Emails to somebody whose roster has changed.

use askama::Template;
use domain::{roster::Shift, schedule::Weekday, shifts::ShiftTime};
use jiff::civil::Date;
use platform::config::Hospital;

use super::{day_in_words, write};
use crate::{Message, RenderError};

/// How many days are named one by one.
const NAMED: usize = 5;

/// What emails say of shifts.
struct Details {
    time: String,
    days: String,
    role: String,
    ward: String,
    /// Where the portal shows the roster.
    url: String,
}

impl Details {
    fn of(shift: &Shift, days: &[Date], hospital: &Hospital) -> Self {
        let time = match shift.time {
            ShiftTime::Night => "night, 00:00 to 08:00",
            ShiftTime::Day => "day, 08:00 to 16:00",
            ShiftTime::Evening => "evening, 16:00 to 24:00",
        };
        let spare = if shift.spare { ", as a spare" } else { "" };
        Self {
            time: time.to_owned(),
            days: days_in_words(days),
            role: format!("{}{spare}", shift.role.in_words()),
            ward: shift.ward.map_or_else(|| "the whole hospital".to_owned(), domain::ward::Ward::in_words),
            url: hospital.portal("roster"),
        }
    }
}

/// A few days by name, and more by their days of the week: `every Monday and Tuesday from … to …`.
fn days_in_words(days: &[Date]) -> String {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return String::new() };
    if days.len() <= NAMED {
        return days.iter().copied().map(day_in_words).collect::<Vec<_>>().join("; ");
    }
    let mut weekdays: Vec<_> = days.iter().map(|day| Weekday::of(*day)).collect();
    weekdays.sort_unstable();
    weekdays.dedup();
    let named = |weekday: &Weekday| {
        let name = weekday.as_str();
        name.chars().take(1).flat_map(char::to_uppercase).chain(name.chars().skip(1)).collect::<String>()
    };
    let on = match weekdays.as_slice() {
        all if all.len() == 7 => "every day".to_owned(),
        [only] => format!("every {}", named(only)),
        [head @ .., tail] => format!("every {} and {}", head.iter().map(named).collect::<Vec<_>>().join(", "), named(tail)),
        [] => String::new(),
    };
    format!("{on}, from {} to {}", day_in_words(*first), day_in_words(*last))
}

#[derive(Template)]
#[template(path = "shifts-added.email")]
struct Added<'a> {
    count: usize,
    shift: &'a Details,
}

#[derive(Template)]
#[template(path = "shifts-cancelled.email")]
struct Cancelled<'a> {
    count: usize,
    shift: &'a Details,
}

/// To the person: shifts were entered.
pub fn added(hospital: &Hospital, shift: &Shift) -> Result<Message, RenderError> {
    write(&Added { count: shift.days.len(), shift: &Details::of(shift, &shift.days, hospital) })
}

/// To the person: some of the days of `before` are no longer in `after`.
pub fn cancelled(hospital: &Hospital, before: &Shift, after: &Shift) -> Result<Message, RenderError> {
    let days: Vec<Date> = before.days.iter().copied().filter(|day| !after.days.contains(day)).collect();
    write(&Cancelled { count: days.len(), shift: &Details::of(before, &days, hospital) })
}

#[cfg(test)]
pub(super) fn samples(value: &str) -> Vec<super::Sample> {
    let [time, days, role, ward, url] = [(); 5].map(|()| value.to_owned());
    let shift = &Details { time, days, role, ward, url };
    vec![
        ("shifts-added", write(&Added { count: 1, shift })),
        ("shifts-added", write(&Added { count: 12, shift })),
        ("shifts-cancelled", write(&Cancelled { count: 1, shift })),
        ("shifts-cancelled", write(&Cancelled { count: 12, shift })),
    ]
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan, civil::date};

    use super::*;

    #[test]
    fn days() {
        let from = date(2026, 3, 2);
        let on = |weekdays: &[i8]| -> Vec<Date> {
            from.series(1.day()).take(28).filter(|day| weekdays.contains(&day.weekday().to_monday_one_offset())).collect()
        };
        assert_eq!(days_in_words(&on(&[1])[..2]), "Monday 2 March 2026; Monday 9 March 2026");
        assert_eq!(days_in_words(&on(&[1, 3])), "every Monday and Wednesday, from Monday 2 March 2026 to Wednesday 25 March 2026");
        assert_eq!(
            days_in_words(&on(&[1, 2, 3])),
            "every Monday, Tuesday and Wednesday, from Monday 2 March 2026 to Wednesday 25 March 2026"
        );
        assert_eq!(days_in_words(&on(&[1, 2, 3, 4, 5, 6, 7])), "every day, from Monday 2 March 2026 to Sunday 29 March 2026");
    }
}
