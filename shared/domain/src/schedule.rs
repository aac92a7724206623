//! Weekly working hours and the slots they make.
//!
//! The slots of a period follow each other from its start, each with the doctor's buffer behind it. Every slot starts and ends on a
//! five-minute mark, so two slots of one day overlap exactly when they share a mark, however long they are: see [`Slot::marks`].

use std::fmt;

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Invalid;

/// A day of the week, such as `monday`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the days of the week")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// The seven, Monday first.
    pub const ALL: [Self; 7] = [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];

    /// The day of the week of a date.
    #[must_use]
    pub fn of(date: Date) -> Self {
        Self::ALL[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs()) % 7]
    }

    /// Parses the lower-case English name.
    ///
    /// # Errors
    /// When it is not a day of the week.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|day| day.as_str() == text).ok_or_else(|| Invalid::new("invalid_weekday", "Use `monday` to `sunday`."))
    }

    /// The lower-case English name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }
}

/// A wall-clock time in whole minutes, `00:00` to `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// Parses `HH:MM`.
    ///
    /// # Errors
    /// When the text has another form or the day has no such time.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let two_digits =
            |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u16>().ok()).flatten();
        text.split_once(':')
            .and_then(|(hour, minute)| Some((two_digits(hour)?, two_digits(minute)?)))
            .filter(|&(hour, minute)| (hour < 24 && minute < 60) || (hour, minute) == (24, 0))
            .map(|(hour, minute)| Self(hour * 60 + minute))
            .ok_or_else(|| Invalid::new("invalid_time", "Give a time as `HH:MM`, from `00:00` to `24:00`."))
    }

    /// The minutes since midnight on the clock on the wall.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> String {
        time.to_string()
    }
}

/// How long each of a doctor's appointments lasts: 5 to 240 minutes in steps of 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SlotLength(u16);

impl SlotLength {
    /// Checks a number of minutes.
    ///
    /// # Errors
    /// When it is outside 5 to 240 or not a multiple of 5.
    pub fn from_minutes(minutes: u16) -> Result<Self, Invalid> {
        if (5..=240).contains(&minutes) && minutes.is_multiple_of(5) {
            Ok(Self(minutes))
        } else {
            Err(Invalid::new("invalid_slot_length", "Use 5 to 240 minutes, in steps of 5."))
        }
    }

    /// The minutes.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

/// How long a doctor needs between two appointments: 0 to 120 minutes in steps of 5.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Buffer(u16);

impl Buffer {
    /// Checks a number of minutes.
    ///
    /// # Errors
    /// When it is over 120 or not a multiple of 5.
    pub fn from_minutes(minutes: u16) -> Result<Self, Invalid> {
        if minutes <= 120 && minutes.is_multiple_of(5) {
            Ok(Self(minutes))
        } else {
            Err(Invalid::new("invalid_buffer", "Use 0 to 120 minutes, in steps of 5."))
        }
    }

    /// The minutes.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

/// How the slots of a period follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// How long each one is.
    pub length: SlotLength,
    /// What lies between two of them.
    pub buffer: Buffer,
}

impl Grid {
    const fn step(self) -> u16 {
        self.length.0 + self.buffer.0
    }

    /// The slots of a stretch of time, which begins on a five-minute mark. Those during which the clocks change are left out.
    #[must_use]
    pub fn slots_in(self, span: Slot, zone: &TimeZone) -> Vec<Slot> {
        let (length, step) = (SignedDuration::from_mins(self.length.0.into()), SignedDuration::from_mins(self.step().into()));
        let mut slots = Vec::new();
        let mut at = span.start;
        while at.checked_add(length).is_ok_and(|end| end <= span.end) {
            slots.extend(Slot::at(zone.to_datetime(at), length, zone).filter(|slot| slot.start == at));
            at = at.saturating_add(step).unwrap_or(Timestamp::MAX);
        }
        slots
    }
}

/// Working time on one weekday, in the hospital's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Which day of the week.
    pub weekday: Weekday,
    /// From when.
    pub from: TimeOfDay,
    /// Until when.
    pub to: TimeOfDay,
}

/// A week's working time: periods that do not overlap, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WeeklyHours(Vec<Period>);

impl WeeklyHours {
    /// Checks a week for a slot length.
    ///
    /// # Errors
    /// When a period ends before it starts, overlaps another, is off the grid or holds no whole slot, and when there are too many:
    /// the index of the period, and what is wrong with it.
    pub fn new(mut periods: Vec<Period>, slot: SlotLength) -> Result<Self, (usize, Invalid)> {
        for (index, period) in periods.iter().enumerate() {
            let refused = |code, detail: String| Err((index, Invalid::new(code, detail)));
            if !period.from.0.is_multiple_of(5) {
                return refused("off_grid", "A period must start at a multiple of five minutes.".to_owned());
            }
            if period.to.0 < period.from.0.saturating_add(slot.0) {
                return refused("too_short", format!("A period must hold at least one slot of {} minutes.", slot.0));
            }
            let overlaps = |other: &Period| other.weekday == period.weekday && other.from < period.to && period.from < other.to;
            if periods[..index].iter().any(overlaps) {
                return refused("overlaps", "This period overlaps another one on the same day. Change or remove one of them.".to_owned());
            }
        }
        if periods.len() > 42 {
            return Err((42, Invalid::new("too_many", "Use at most 42 periods a week.")));
        }
        periods.sort_by_key(|period| (period.weekday, period.from));
        Ok(Self(periods))
    }

    /// The periods, Monday first.
    #[must_use]
    pub fn periods(&self) -> &[Period] {
        &self.0
    }

    /// The slots of one local day, in order.
    ///
    /// A slot during which the clocks change is not offered: it would be shorter or longer than it says.
    #[must_use]
    pub fn slots_on(&self, date: Date, grid: Grid, zone: &TimeZone) -> Vec<Slot> {
        let weekday = Weekday::of(date);
        let minutes = SignedDuration::from_mins(i64::from(grid.length.0));
        let mut slots = Vec::new();
        for period in self.0.iter().filter(|period| period.weekday == weekday) {
            let mut at = period.from.0;
            while at + grid.length.0 <= period.to.0 {
                slots.extend(Slot::at(wall_time(date, at), minutes, zone));
                at += grid.step();
            }
        }
        slots
    }

    /// Whether an instant is in working hours.
    #[must_use]
    pub fn contains(&self, at: Timestamp, zone: &TimeZone) -> bool {
        let local = zone.to_datetime(at);
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        let weekday = Weekday::of(local.date());
        self.0.iter().any(|period| period.weekday == weekday && period.from.0 <= minute && minute < period.to.0)
    }
}

fn wall_time(date: Date, minute: u16) -> DateTime {
    date.to_datetime(jiff::civil::Time::midnight()).saturating_add(i64::from(minute).minutes())
}

/// A stretch of time for one appointment, `start` included and `end` excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Slot {
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
}

impl Slot {
    fn at(start: DateTime, length: SignedDuration, zone: &TimeZone) -> Option<Self> {
        let instant = zone.to_timestamp(start).ok()?;
        let slot = Self { start: instant, end: instant.checked_add(length).ok()? };
        let begins = zone.to_datetime(slot.start) == start;
        // Checks the last minute instead of the end: a slot may end at the very moment when the clocks change.
        let minute = SignedDuration::from_mins(1);
        let last = slot.end.checked_sub(minute).ok().map(|at| zone.to_datetime(at));
        let ends = last == start.checked_add(length - minute).ok();
        (begins && ends).then_some(slot)
    }

    /// A stretch of time that starts on a five-minute mark and ends on the same local day.
    #[must_use]
    pub fn outside_grid(start: Timestamp, length: SlotLength, zone: &TimeZone) -> Option<Self> {
        let local = zone.to_datetime(start);
        let on_mark = local.minute() % 5 == 0 && local.second() == 0 && local.subsec_nanosecond() == 0;
        let end = start.checked_add(SignedDuration::from_mins(length.0.into())).ok()?;
        let last = zone.to_datetime(end.checked_sub(SignedDuration::from_secs(1)).ok()?);
        (on_mark && last.date() == local.date()).then_some(Self { start, end })
    }

    /// Whether two stretches of time share a moment.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The local day the slot belongs to.
    #[must_use]
    pub fn day(self, zone: &TimeZone) -> Date {
        zone.to_datetime(self.start).date()
    }

    /// The five-minute marks that the slot covers, counted from local midnight. Every slot starts and ends on a mark, so two slots
    /// of one day overlap exactly when they share a mark.
    #[must_use]
    pub fn marks(self, zone: &TimeZone) -> Vec<u16> {
        let midnight = self.day(zone).to_zoned_datetime(zone.clone()).map_or(self.start, |day| day.timestamp());
        let mark = |at: Timestamp| u16::try_from(at.duration_since(midnight).as_mins() / 5).unwrap_or(u16::MAX);
        (mark(self.start)..mark(self.end)).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn hours(periods: &[(Weekday, &str, &str)], slot: u16) -> Result<WeeklyHours, (usize, Invalid)> {
        let periods = periods
            .iter()
            .map(|&(weekday, from, to)| Period { weekday, from: TimeOfDay::parse(from).unwrap(), to: TimeOfDay::parse(to).unwrap() })
            .collect();
        WeeklyHours::new(periods, SlotLength::from_minutes(slot).unwrap())
    }

    fn grid(slot: u16, buffer: u16) -> Grid {
        Grid { length: SlotLength::from_minutes(slot).unwrap(), buffer: Buffer::from_minutes(buffer).unwrap() }
    }

    fn starts(week: &WeeklyHours, day: Date, slot: u16, zone: &str) -> Vec<String> {
        let zone = TimeZone::get(zone).unwrap();
        let slots = week.slots_on(day, grid(slot, 0), &zone);
        slots.iter().map(|slot| slot.start.to_zoned_datetime(zone.clone()).strftime("%H:%M%:z").to_string()).collect()
    }

    #[test]
    fn a_day_holds_whole_slots_only() {
        let week = hours(&[(Weekday::Monday, "09:00", "10:10"), (Weekday::Monday, "14:00", "14:30")], 30).unwrap();
        assert_eq!(starts(&week, date(2026, 3, 2), 30, "Europe/London"), ["09:00+00:00", "09:30+00:00", "14:00+00:00"]);
        assert!(starts(&week, date(2026, 3, 3), 30, "Europe/London").is_empty());
    }

    #[test]
    fn refused_weeks() {
        use Weekday::Monday;
        let code = |periods: &[_], slot| hours(periods, slot).unwrap_err();
        assert_eq!(code(&[(Monday, "09:12", "12:00")], 30).1.code, "off_grid");
        assert_eq!(code(&[(Monday, "09:00", "09:20")], 30).1.code, "too_short");
        assert_eq!(code(&[(Monday, "12:00", "09:00")], 30).1.code, "too_short");
        let (index, why) = code(&[(Monday, "09:00", "12:00"), (Monday, "11:00", "13:00")], 30);
        assert_eq!((index, why.code), (1, "overlaps"));
        for bad in ["9:00", "24:01", "12:60", "12", "ab:cd", "+1:00", ""] {
            assert_eq!(TimeOfDay::parse(bad).unwrap_err().code, "invalid_time", "{bad}");
        }
        for bad in [0, 4, 7, 245] {
            assert_eq!(SlotLength::from_minutes(bad).unwrap_err().code, "invalid_slot_length");
        }
    }

    #[test]
    fn spring_forward_skips_the_missing_hour_and_what_crosses_it() {
        // London, 29 March 2026: 01:00 becomes 02:00.
        let week = hours(&[(Weekday::Sunday, "00:00", "03:00")], 30).unwrap();
        assert_eq!(starts(&week, date(2026, 3, 29), 30, "Europe/London"), ["00:00+00:00", "00:30+00:00", "02:00+01:00", "02:30+01:00"]);
        let long = hours(&[(Weekday::Sunday, "00:00", "06:00")], 90).unwrap();
        assert_eq!(starts(&long, date(2026, 3, 29), 90, "Europe/London"), ["03:00+01:00", "04:30+01:00"]);
    }

    #[test]
    fn autumn_offers_each_wall_time_once() {
        // London, 25 October 2026: 02:00 becomes 01:00.
        let week = hours(&[(Weekday::Sunday, "00:00", "03:00")], 30).unwrap();
        assert_eq!(
            starts(&week, date(2026, 10, 25), 30, "Europe/London"),
            ["00:00+01:00", "00:30+01:00", "01:00+01:00", "01:30+01:00", "02:00+00:00", "02:30+00:00"]
        );
    }

    #[test]
    fn a_buffer_lies_between_two_slots() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let week = hours(&[(Weekday::Monday, "09:10", "10:40")], 20).unwrap();
        let slots = week.slots_on(date(2026, 3, 2), grid(20, 15), &zone);
        let starts: Vec<_> = slots.iter().map(|slot| zone.to_datetime(slot.start).strftime("%H:%M").to_string()).collect();
        assert_eq!(starts, ["09:10", "09:45", "10:20"]);
        let span = Slot { start: slots[0].start, end: slots[2].end };
        assert_eq!(grid(20, 15).slots_in(span, &zone), slots);
        assert!(week.contains(slots[0].start, &zone) && !week.contains(slots[2].end, &zone));
        assert_eq!((Buffer::from_minutes(7).unwrap_err().code, Buffer::from_minutes(125).is_err()), ("invalid_buffer", true));
    }

    proptest! {
        #[test]
        fn slots_never_overlap_whatever_the_day(day in 0i64..20_000, slot in 1u16..48, buffer in 0u16..24, from in 0u16..240) {
            let zone = TimeZone::get("Australia/Lord_Howe").unwrap(); // changes by half an hour
            let grid = grid(slot * 5, buffer * 5);
            let day = date(2000, 1, 1).checked_add(day.days()).unwrap();
            let start = TimeOfDay(from * 5 % (24 * 60 - grid.length.minutes()) / 5 * 5);
            let period = Period { weekday: Weekday::of(day), from: start, to: TimeOfDay(24 * 60) };
            let slots = WeeklyHours::new(vec![period], grid.length).unwrap().slots_on(day, grid, &zone);
            for pair in slots.windows(2) {
                prop_assert!(pair[0].end <= pair[1].start && !pair[0].overlaps(pair[1]));
                prop_assert!(pair[0].marks(&zone).iter().all(|mark| !pair[1].marks(&zone).contains(mark)));
            }
            for slot in slots {
                prop_assert_eq!(slot.marks(&zone).len(), usize::from(grid.length.minutes() / 5));
            }
        }

        /// What the guard of a doctor's day relies on: slots of different lengths overlap exactly when they share a mark.
        #[test]
        fn slots_overlap_exactly_when_they_share_a_mark(day in 0i64..20_000, one in (0i64..240, 1i64..48), other in (0i64..240, 1i64..48)) {
            let zone = TimeZone::get("Australia/Lord_Howe").unwrap();
            let midnight = date(2000, 1, 1).checked_add(day.days()).unwrap().to_zoned_datetime(zone.clone()).unwrap().timestamp();
            let slot = |(from, length): (i64, i64)| {
                let start = midnight + SignedDuration::from_mins(from * 5);
                Slot { start, end: start + SignedDuration::from_mins(length * 5) }
            };
            let (one, other) = (slot(one), slot(other));
            let shared = one.marks(&zone).iter().any(|mark| other.marks(&zone).contains(mark));
            prop_assert!(shared == one.overlaps(other) || one.day(&zone) != other.day(&zone));
        }

        #[test]
        fn times_never_panic(text in "\\PC*") {
            let _ = TimeOfDay::parse(&text);
            let _ = Weekday::parse(&text);
        }
    }
}
