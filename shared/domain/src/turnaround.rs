//! How long a laboratory takes, by test and month.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    Invalid,
    id::{LaboratoryId, OfferedTestId},
    lab_order::{LabOrder, Taken},
    text::Title,
};

/// A month of the calendar: `2026-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// The month of an instant.
    #[must_use]
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        Self::of_day(zone.to_datetime(at).date())
    }

    /// The month of a day.
    #[must_use]
    pub fn of_day(day: Date) -> Self {
        Self { year: day.year(), month: day.month() }
    }

    /// When it begins in the hospital.
    #[must_use]
    pub fn begins(self, zone: &TimeZone) -> Timestamp {
        let first = Date::new(self.year, self.month, 1).and_then(|first| first.to_zoned_datetime(zone.clone()));
        first.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
    }

    /// Its first day.
    #[must_use]
    pub fn first(self) -> Date {
        Date::new(self.year, self.month, 1).unwrap_or(Date::MAX)
    }

    /// One of its days. `None` when it has fewer.
    #[must_use]
    pub fn day(self, day: i8) -> Option<Date> {
        Date::new(self.year, self.month, day).ok()
    }

    /// The month after it.
    #[must_use]
    pub const fn next(self) -> Self {
        match self.month {
            12 => Self { year: self.year + 1, month: 1 },
            month => Self { month: month + 1, ..self },
        }
    }
}

impl FromStr for Month {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refused = || Invalid::new("invalid_month", "Give a month such as `2026-03`.");
        let day: Date = format!("{text}-01").parse().map_err(|_| refused())?;
        let month = Self { year: day.year(), month: day.month() };
        // It has one spelling.
        if month.to_string() == text && month.year >= 1000 { Ok(month) } else { Err(refused()) }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl TryFrom<String> for Month {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> String {
        month.to_string()
    }
}

/// What a laboratory released of a test in a month, and how long it took. Times are in seconds, over all orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turnaround {
    /// The laboratory.
    pub laboratory_id: LaboratoryId,
    /// The test.
    pub test_id: OfferedTestId,
    /// Its name, as it was called last.
    pub test: Title,
    /// In which month the results were released.
    pub month: Month,
    /// How many.
    pub released: u64,
    /// How many of them in time.
    pub in_time: u64,
    /// From the orders to the specimens.
    pub to_specimen: i64,
    /// From the specimens to the results.
    pub to_result: i64,
    /// From the results to their verification.
    pub to_verification: i64,
    /// From the verification to the release.
    pub to_release: i64,
}

impl Turnaround {
    /// What one order adds when it is released.
    #[must_use]
    pub fn of(order: &LabOrder, released_at: Timestamp, zone: &TimeZone) -> Option<Self> {
        let Taken { to_specimen, to_result, to_verification, to_release, in_time } = order.taken()?;
        Some(Self {
            laboratory_id: order.laboratory_id,
            test_id: order.test_id,
            test: order.listed.test.clone(),
            month: Month::of(released_at, zone),
            released: 1,
            in_time: u64::from(in_time),
            to_specimen: to_specimen.as_secs(),
            to_result: to_result.as_secs(),
            to_verification: to_verification.as_secs(),
            to_release: to_release.as_secs(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months() {
        let month = |text: &str| text.parse::<Month>();
        assert_eq!(month("2026-03").unwrap().to_string(), "2026-03");
        for bad in ["", "2026", "2026-3", "2026-13", "2026-00", "2026-03-01", "-2026-03", "+2026-03", "0000-01", "2026-03 "] {
            assert_eq!(month(bad).unwrap_err().code, "invalid_month", "{bad}");
        }
    }
}
