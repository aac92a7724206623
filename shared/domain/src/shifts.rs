//! Shifts: who works when. A day has three, in the hospital's time zone, and they follow each other without a gap.

use std::{collections::BTreeSet, str::FromStr};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Invalid,
    schedule::{Slot, Weekday},
};

/// How many shifts one entry in the roster can have.
pub const MOST_SHIFTS: usize = 366;

/// Which of a day's three shifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShiftTime {
    /// 00:00 to 08:00.
    Night,
    /// 08:00 to 16:00.
    Day,
    /// 16:00 to 24:00.
    Evening,
}

impl ShiftTime {
    /// The three, in order.
    pub const ALL: [Self; 3] = [Self::Night, Self::Day, Self::Evening];

    /// Parses the name used in JSON.
    ///
    /// # Errors
    /// When it is none of the three.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|time| time.as_str() == text);
        known.ok_or_else(|| {
            Invalid::new("invalid_shift", "Use `night` (00:00 to 08:00), `day` (08:00 to 16:00) or `evening` (16:00 to 24:00).")
        })
    }

    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Night => "night",
            Self::Day => "day",
            Self::Evening => "evening",
        }
    }

    /// From when to when it is on a day. On a day when the clocks change, a shift is an hour shorter or longer.
    #[must_use]
    pub fn on(self, date: Date, zone: &TimeZone) -> Slot {
        let (from, to) = match self {
            Self::Night => (hour(date, 0, zone), hour(date, 8, zone)),
            Self::Day => (hour(date, 8, zone), hour(date, 16, zone)),
            Self::Evening => (hour(date, 16, zone), hour(date.saturating_add(1.day()), 0, zone)),
        };
        Slot { start: from, end: to }
    }

    /// The shift that is on at an instant, with its day.
    #[must_use]
    pub fn at(at: Timestamp, zone: &TimeZone) -> (Date, Self) {
        let local = zone.to_datetime(at);
        let time = match local.hour() {
            ..8 => Self::Night,
            8..16 => Self::Day,
            _ => Self::Evening,
        };
        (local.date(), time)
    }
}

impl FromStr for ShiftTime {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

/// The first instant of an hour of a local day. If the clocks jump over it, the instant at which they do.
fn hour(date: Date, hour: i8, zone: &TimeZone) -> Timestamp {
    zone.to_timestamp(date.at(hour, 0, 0, 0)).unwrap_or(Timestamp::MAX)
}

/// The days of a shift that repeats on some days of the week. Without any, it is on the first day alone. It goes on for a year at most.
///
/// # Errors
/// When the last day is before the first one or more than a year after it, or when no day is left.
pub fn days(first: Date, weekdays: &BTreeSet<Weekday>, last: Date) -> Result<Vec<Date>, Invalid> {
    if last < first {
        return Err(Invalid::new("before_from", "Choose a last day that is not before the first day."));
    }
    // That many days hold that many shifts at most.
    if last >= first.saturating_add(i32::try_from(MOST_SHIFTS).unwrap_or(i32::MAX).days()) {
        return Err(Invalid::new(
            "too_many",
            format!("Enter at most {MOST_SHIFTS} shifts at once, within a year. Choose an earlier last day."),
        ));
    }
    if weekdays.is_empty() {
        return Ok(vec![first]);
    }
    let on = first.series(1.day()).take_while(|day| *day <= last).filter(|day| weekdays.contains(&Weekday::of(*day)));
    let days: Vec<Date> = on.collect();
    if days.is_empty() {
        return Err(Invalid::new("no_day", "None of these days of the week is between the first day and the last day."));
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, civil::date};
    use proptest::prelude::*;

    use super::*;

    /// They change their clocks in the night, by half an hour, and at midnight.
    const ZONES: [&str; 4] = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Santiago"];

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn hours(time: ShiftTime, day: Date, name: &str) -> SignedDuration {
        let slot = time.on(day, &zone(name));
        slot.end.duration_since(slot.start)
    }

    #[test]
    fn a_night_is_shorter_or_longer_when_the_clocks_change() {
        assert_eq!(hours(ShiftTime::Night, date(2026, 3, 28), "Europe/London"), SignedDuration::from_hours(8));
        assert_eq!(hours(ShiftTime::Night, date(2026, 3, 29), "Europe/London"), SignedDuration::from_hours(7));
        assert_eq!(hours(ShiftTime::Night, date(2026, 10, 25), "Europe/London"), SignedDuration::from_hours(9));
        assert_eq!(hours(ShiftTime::Night, date(2026, 10, 4), "Australia/Lord_Howe"), SignedDuration::from_mins(450));
        // In Santiago, midnight of 6 September 2026 does not exist: the night begins at 01:00.
        assert_eq!(hours(ShiftTime::Night, date(2026, 9, 6), "America/Santiago"), SignedDuration::from_hours(7));
        assert_eq!(hours(ShiftTime::Evening, date(2026, 9, 5), "America/Santiago"), SignedDuration::from_hours(8));
    }

    #[test]
    fn days_of_a_repeating_shift() {
        let weekend = BTreeSet::from([Weekday::Saturday, Weekday::Sunday]);
        assert_eq!(days(date(2026, 3, 2), &weekend, date(2026, 3, 14)).unwrap(), [date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 14)]);
        assert_eq!(days(date(2026, 3, 2), &BTreeSet::new(), date(2026, 3, 14)).unwrap(), [date(2026, 3, 2)]);
        let code = |first, last| days(first, &weekend, last).unwrap_err().code;
        assert_eq!(code(date(2026, 3, 2), date(2026, 3, 1)), "before_from");
        assert_eq!(code(date(2026, 3, 2), date(2026, 3, 6)), "no_day");
        assert_eq!(code(date(2026, 3, 2), date(9999, 12, 31)), "too_many");
        let every_day: BTreeSet<_> = (2..9).map(|day| Weekday::of(date(2026, 3, day))).collect();
        assert_eq!(days(date(2026, 3, 1), &every_day, date(2027, 3, 1)).unwrap().len(), MOST_SHIFTS);
        assert_eq!(days(date(2026, 3, 1), &every_day, date(2027, 3, 2)).unwrap_err().code, "too_many");
    }

    #[test]
    fn names() {
        for time in ShiftTime::ALL {
            assert_eq!(ShiftTime::parse(time.as_str()), Ok(time));
        }
        assert_eq!(ShiftTime::parse("morning").unwrap_err().code, "invalid_shift");
    }

    proptest! {
        #[test]
        fn the_shifts_of_a_zone_follow_each_other_without_a_gap(day in 0i64..20_000, name in prop::sample::select(ZONES.as_slice())) {
            let (zone, day) = (zone(name), date(2000, 1, 1).checked_add(day.days()).unwrap());
            let [night, midday, evening] = ShiftTime::ALL.map(|time| time.on(day, &zone));
            prop_assert!(night.start < night.end && midday.start < midday.end && evening.start < evening.end);
            prop_assert_eq!((night.end, midday.end), (midday.start, evening.start));
            prop_assert_eq!(evening.end, ShiftTime::Night.on(day.tomorrow().unwrap(), &zone).start);
        }

        #[test]
        fn every_instant_is_in_the_shift_that_is_on(second in 0i64..1_800_000_000, name in prop::sample::select(ZONES.as_slice())) {
            let (zone, at) = (zone(name), Timestamp::from_second(second).unwrap());
            let (day, time) = ShiftTime::at(at, &zone);
            let slot = time.on(day, &zone);
            prop_assert!(slot.start <= at && at < slot.end, "{at} {slot:?}");
        }
    }
}
