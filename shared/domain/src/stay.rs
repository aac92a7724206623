//! A stay in the hospital, as segments: where the patient lay, from when to when, and what a day there costs.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{bed::BedNumber, money::Money, ward::Ward};

/// The time in one bed. A transfer ends a segment and begins another one at the same moment. Its names are short in the table, because an
/// admission has all of its segments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// The ward.
    #[serde(rename = "w")]
    pub ward: Ward,
    /// The bed.
    #[serde(rename = "b")]
    pub bed: BedNumber,
    /// What a day costs there, as it was when the segment began.
    #[serde(rename = "f")]
    pub daily_fee: Money,
    /// When the patient came into the bed.
    #[serde(rename = "s")]
    pub from: Timestamp,
    /// When the patient left it. `None` while the patient lies there.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

/// How many days each segment counts, until the stay's end or until `now`.
///
/// The rule is the midnight census (Centers for Medicare & Medicaid Services, Medicare Benefit Policy Manual, chapter 3, 20.1): a day counts
/// where the patient lies at its end. So the day of admission counts and the day of discharge does not, and a day on which the patient is
/// transferred counts once, where the patient went. A stay that begins and ends on one day counts one day, in the last bed.
#[must_use]
pub fn days(segments: &[Segment], now: Timestamp, zone: &TimeZone) -> Vec<u32> {
    let day = |at: Timestamp| zone.to_datetime(at).date();
    let mut counted: Vec<_> = segments.iter().map(|segment| midnights(day(segment.from), day(segment.to.unwrap_or(now)))).collect();
    if counted.iter().all(|days| *days == 0)
        && let Some(last) = counted.last_mut()
    {
        *last = 1;
    }
    counted
}

/// How many days end between two days.
fn midnights(from: Date, to: Date) -> u32 {
    let days = from.until(to).map_or(0, |span| span.get_days());
    u32::try_from(days).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    fn london() -> TimeZone {
        TimeZone::get("Europe/London").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn segment(ward: Ward, from: Timestamp, to: Option<Timestamp>) -> Segment {
        let daily_fee = Money::parse("100", Currency::parse("GBP").unwrap()).unwrap();
        Segment { ward, bed: BedNumber::new(1).unwrap(), daily_fee, from, to }
    }

    fn counted(times: &[&str]) -> Vec<u32> {
        let segments: Vec<_> = times.windows(2).map(|pair| segment(Ward::General, at(pair[0]), Some(at(pair[1])))).collect();
        days(&segments, at("2030-01-01T00:00:00Z"), &london())
    }

    #[test]
    fn a_day_counts_where_the_patient_lies_at_its_end() {
        assert_eq!(counted(&["2026-03-02T10:00:00Z", "2026-03-05T09:00:00Z"]), [3], "admission counts, discharge does not");
        assert_eq!(counted(&["2026-03-02T10:00:00Z", "2026-03-02T20:00:00Z"]), [1], "a stay of one day");
        assert_eq!(counted(&["2026-03-02T10:00:00Z", "2026-03-04T12:00:00Z", "2026-03-05T09:00:00Z"]), [2, 1], "a transfer");
        assert_eq!(counted(&["2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z", "2026-03-02T20:00:00Z"]), [0, 1], "a transfer within a day");
        assert_eq!(counted(&["2026-03-02T23:59:00Z", "2026-03-03T00:01:00Z"]), [1]);
    }

    #[test]
    fn days_are_those_of_the_hospital() {
        // Half past eleven in the evening in London, in summer.
        assert_eq!(counted(&["2026-07-01T22:30:00Z", "2026-07-01T23:30:00Z"]), [1]);
        assert_eq!(counted(&["2026-07-01T23:30:00Z", "2026-07-02T22:30:00Z"]), [1], "one day in London, two in UTC");
    }

    #[test]
    fn a_stay_that_goes_on_counts_until_now() {
        let open = [segment(Ward::Icu, at("2026-03-02T10:00:00Z"), None)];
        let until = |now: &str| days(&open, at(now), &london());
        assert_eq!((until("2026-03-02T11:00:00Z"), until("2026-03-04T11:00:00Z")), (vec![1], vec![2]));
        assert_eq!(days(&[], at("2026-03-02T11:00:00Z"), &london()), Vec::<u32>::new());
    }

    proptest! {
        /// However often a patient is moved, the stay counts as many days as without.
        #[test]
        fn transfers_change_no_total(mut hours in prop::collection::vec(0i64..2_000, 2..10)) {
            hours.sort_unstable();
            let time = |hours: i64| Timestamp::from_second(1_772_400_000 + hours * 3_600).unwrap();
            let moved: Vec<_> = hours.windows(2).map(|pair| segment(Ward::General, time(pair[0]), Some(time(pair[1])))).collect();
            let whole = [segment(Ward::General, time(hours[0]), Some(time(hours[hours.len() - 1])))];
            let total = |segments: &[Segment]| days(segments, time(3_000), &london()).iter().sum::<u32>();
            prop_assert_eq!(total(&moved), total(&whole));
        }
    }
}
