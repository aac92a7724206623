//! When a pharmacy is open, on each day of the week, in the hospital's time zone.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    Invalid,
    schedule::{Period, Slot, TimeOfDay, Weekday},
};

/// How many periods a week can have.
const MOST: usize = 42;
const WEEK: u16 = 7 * DAY;
const DAY: u16 = 24 * 60;
/// How many days are looked at: a week, and one more on each side of it.
const DAYS: usize = 9;

/// A week's opening hours: periods that share no minute, Monday first. A period that ends before the time at which it begins goes on over
/// midnight, into the next day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OpeningHours(Vec<Period>);

impl OpeningHours {
    /// Checks a week. One without any period is never open.
    ///
    /// # Errors
    /// When a period begins at `24:00` or ends when it begins, when two share a minute, and when there are too many: the index of the period,
    /// and what is wrong with it.
    pub fn new(mut periods: Vec<Period>) -> Result<Self, (usize, Invalid)> {
        if periods.len() > MOST {
            return Err((MOST, Invalid::new("too_many", format!("Use at most {MOST} periods a week."))));
        }
        let mut taken = BTreeSet::new();
        for (index, period) in periods.iter().enumerate() {
            let (start, length) = minutes(*period);
            if period.from.minutes() == DAY || length == 0 {
                let detail = "Begin before `24:00`, and end at another time. For a whole day, use `00:00` to `24:00`.";
                return Err((index, Invalid::new("too_short", detail)));
            }
            if !(start..start + length).all(|minute| taken.insert(minute % WEEK)) {
                let detail = "This period and another one share a time. Change or remove one of them.";
                return Err((index, Invalid::new("overlaps", detail)));
            }
        }
        periods.sort_by_key(|period| (period.weekday, period.from));
        Ok(Self(periods))
    }

    /// The periods, Monday first.
    #[must_use]
    pub fn periods(&self) -> &[Period] {
        &self.0
    }

    /// Whether it is open at an instant, and until when that stays so.
    #[must_use]
    pub fn at(&self, at: Timestamp, zone: &TimeZone) -> Opening {
        let today = zone.to_datetime(at).date();
        // Yesterday's last period may go on over midnight. The week after next begins as the next one does.
        let days = today.saturating_sub(1.day()).series(1.day()).take(DAYS);
        let mut spans: Vec<Slot> = days.flat_map(|day| self.on(day, zone)).collect();
        spans.sort();
        let Some(now) = spans.iter().find(|span| span.start <= at && at < span.end) else {
            return Opening { open: false, until: spans.iter().map(|span| span.start).find(|start| *start > at) };
        };
        // One period may begin when another ends. Then it stays open.
        let closes = spans.iter().fold(now.end, |end, span| if span.start <= end { end.max(span.end) } else { end });
        let last = spans.last().map(|span| span.end);
        Opening { open: true, until: Some(closes).filter(|closes| Some(*closes) != last) }
    }

    /// When something is due that takes so long from an instant on. It begins when the place is open, and is not due while it is closed: then it is
    /// within an hour of the next opening.
    #[must_use]
    pub fn due(&self, at: Timestamp, takes: SignedDuration, zone: &TimeZone) -> Timestamp {
        let opens = |at| self.at(at, zone).until.filter(|_| !self.at(at, zone).open);
        let later = |at: Timestamp, by| at.saturating_add(by).unwrap_or(at);
        let due = later(opens(at).unwrap_or(at), takes);
        // Until the moment at which it closes, somebody is there.
        let just_before = due.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(due);
        opens(just_before).map_or(due, |opens| later(opens, takes.min(SignedDuration::from_hours(1))))
    }

    /// The periods that begin on a day.
    fn on(&self, day: Date, zone: &TimeZone) -> Vec<Slot> {
        let instant = |day: Date, time: TimeOfDay| {
            let wall_time = day.at(0, 0, 0, 0).saturating_add(i64::from(time.minutes()).minutes());
            zone.to_timestamp(wall_time).unwrap_or(Timestamp::MAX)
        };
        let spans = self.0.iter().filter(|period| period.weekday == Weekday::of(day)).map(|period| {
            let ends_on = if period.to > period.from { day } else { day.saturating_add(1.day()) };
            Slot { start: instant(day, period.from), end: instant(ends_on, period.to) }
        });
        // The clocks may jump over a whole period.
        spans.filter(|span| span.start < span.end).collect()
    }
}

/// At which minute of the week a period begins, and how many minutes it lasts.
fn minutes(period: Period) -> (u16, u16) {
    let (from, to) = (period.from.minutes(), period.to.minutes());
    let length = if to >= from { to - from } else { DAY - from + to };
    (period.weekday as u16 * DAY + from, length)
}

/// Whether a place is open at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Whether it is.
    pub open: bool,
    /// When that changes. `None` when it never does.
    pub until: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn week(periods: &[(Weekday, &str, &str)]) -> Result<OpeningHours, (usize, Invalid)> {
        let time = |text| TimeOfDay::parse(text).unwrap();
        OpeningHours::new(periods.iter().map(|&(weekday, from, to)| Period { weekday, from: time(from), to: time(to) }).collect())
    }

    fn zone() -> TimeZone {
        TimeZone::get("Europe/London").unwrap()
    }

    #[test]
    fn what_is_due_is_due_while_somebody_is_there() {
        let hours = week(&[(Weekday::Monday, "08:00", "18:00"), (Weekday::Tuesday, "08:00", "18:00")]).unwrap();
        let due = |at: &str, minutes| hours.due(at.parse().unwrap(), SignedDuration::from_mins(minutes), &zone()).to_string();
        assert_eq!(due("2026-03-02T09:00:00Z", 120), "2026-03-02T11:00:00Z");
        // Before the opening, until the closing, and over night.
        assert_eq!(due("2026-03-02T05:00:00Z", 120), "2026-03-02T10:00:00Z");
        assert_eq!(due("2026-03-02T16:00:00Z", 120), "2026-03-02T18:00:00Z");
        assert_eq!(
            (due("2026-03-02T17:50:00Z", 240), due("2026-03-02T17:50:00Z", 20)),
            ("2026-03-03T09:00:00Z".into(), "2026-03-03T08:20:00Z".into())
        );
        assert_eq!(due("2026-03-03T17:50:00Z", 240), "2026-03-09T09:00:00Z", "the next week");
        assert_eq!(
            OpeningHours::default().due("2026-03-02T09:00:00Z".parse().unwrap(), SignedDuration::from_mins(5), &zone()).to_string(),
            "2026-03-02T09:05:00Z"
        );
    }

    fn at(hours: &OpeningHours, instant: &str) -> (bool, Option<String>) {
        let opening = hours.at(instant.parse().unwrap(), &zone());
        (opening.open, opening.until.map(|until| zone().to_datetime(until).to_string()))
    }

    #[test]
    fn a_period_goes_on_over_midnight_and_into_the_next_week() {
        use Weekday::{Monday, Sunday};
        // 2 March 2026 is a Monday.
        let hours = week(&[(Monday, "09:00", "12:00"), (Monday, "12:00", "18:00"), (Sunday, "22:00", "02:00")]).unwrap();
        let changes = |text: &str| Some(text.to_owned());
        assert_eq!(at(&hours, "2026-03-02T01:59:59Z"), (true, changes("2026-03-02T02:00:00")), "since Sunday");
        assert_eq!(at(&hours, "2026-03-02T02:00:00Z"), (false, changes("2026-03-02T09:00:00")));
        assert_eq!(at(&hours, "2026-03-02T09:00:00Z"), (true, changes("2026-03-02T18:00:00")), "no break at noon");
        assert_eq!(at(&hours, "2026-03-02T18:00:00Z"), (false, changes("2026-03-08T22:00:00")));
        assert_eq!(at(&hours, "2026-07-05T20:59:59Z"), (false, changes("2026-07-05T22:00:00")), "in summer time");
        assert_eq!(at(&hours, "2026-07-05T21:00:00Z"), (true, changes("2026-07-06T02:00:00")));
    }

    #[test]
    fn never_and_always() {
        assert_eq!(at(&OpeningHours::default(), "2026-03-02T12:00:00Z"), (false, None));
        let always: Vec<_> = Weekday::ALL.iter().map(|day| (*day, "00:00", "24:00")).collect();
        assert_eq!(at(&week(&always).unwrap(), "2026-03-29T01:30:00Z"), (true, None));
        let hours = week(&always[..6]).unwrap();
        assert_eq!(at(&hours, "2026-03-02T12:00:00Z"), (true, Some("2026-03-08T00:00:00".to_owned())), "not on Sunday");
    }

    #[test]
    fn the_clocks_change() {
        // London, 29 March 2026: 01:00 becomes 02:00. 25 October 2026: 02:00 becomes 01:00.
        let hours = week(&[(Weekday::Sunday, "00:30", "01:30"), (Weekday::Sunday, "03:00", "04:00")]).unwrap();
        assert!(at(&hours, "2026-03-29T00:45:00Z").0);
        assert!(at(&hours, "2026-03-29T02:15:00Z").0, "03:15");
        let jumped_over = week(&[(Weekday::Sunday, "01:00", "01:30")]).unwrap();
        assert!(!at(&jumped_over, "2026-03-29T00:59:59Z").0);
    }

    #[test]
    fn refused_weeks() {
        use Weekday::{Monday, Sunday, Tuesday};
        let code = |periods: &[_]| week(periods).map_err(|(index, why)| (index, why.code)).unwrap_err();
        assert_eq!(code(&[(Monday, "09:00", "09:00")]), (0, "too_short"));
        assert_eq!(code(&[(Monday, "24:00", "09:00")]), (0, "too_short"));
        assert_eq!(code(&[(Monday, "09:00", "12:00"), (Monday, "11:59", "13:00")]), (1, "overlaps"));
        assert_eq!(code(&[(Tuesday, "01:00", "09:00"), (Monday, "22:00", "01:01")]), (1, "overlaps"), "over midnight");
        assert_eq!(code(&[(Monday, "01:00", "09:00"), (Sunday, "22:00", "01:01")]), (1, "overlaps"), "over the end of the week");
        assert_eq!(code(&[(Monday, "09:00", "10:00"); 43]), (42, "too_many"));
    }

    proptest! {
        /// It is open at the minutes that its periods say, and what it says of the next change is true.
        #[test]
        fn open_as_the_week_says(days in prop::collection::vec((0usize..7, 0u16..24, 1u16..=24), 0..6), hour in 0i64..5_000) {
            let periods = days.iter().map(|&(day, from, length)| Period {
                weekday: Weekday::ALL[day],
                from: TimeOfDay::parse(&format!("{from:02}:00")).unwrap(),
                to: TimeOfDay::parse(&format!("{:02}:00", if from + length == 24 { 24 } else { (from + length) % 24 })).unwrap(),
            });
            let Ok(hours) = OpeningHours::new(periods.filter(|period| period.from != period.to).collect()) else { return Ok(()) };
            let zone = TimeZone::UTC;
            let now = "2026-03-02T00:30:00Z".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_hours(hour);
            let opening = hours.at(now, &zone);
            let minute = u16::try_from((hour * 60 + 30) % i64::from(WEEK)).unwrap();
            let expected = hours.periods().iter().any(|period| {
                let (start, length) = minutes(*period);
                (minute + WEEK - start) % WEEK < length
            });
            prop_assert_eq!(opening.open, expected);
            if let Some(until) = opening.until {
                prop_assert_eq!(hours.at(until, &zone).open, !expected);
                prop_assert_eq!(hours.at(until - jiff::SignedDuration::from_secs(1), &zone).open, expected);
            }
        }
    }
}
