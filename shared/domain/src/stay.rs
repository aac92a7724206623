//! A stay in the hospital, as segments: where the patient lay, from when to when, and what a day there costs.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Deserialize;

use crate::{bed::BedNumber, money::Money, ward::Ward};

/// The time in one bed. A transfer ends a segment and begins another one at the same moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The ward.
    pub ward: Ward,
    /// The bed.
    pub bed: BedNumber,
    /// What a day costs there, as it was when the segment began.
    pub daily_fee: Money,
    /// When the patient came into the bed.
    pub from: Timestamp,
    /// When the patient left it. `None` while the patient lies there.
    pub to: Option<Timestamp>,
}

/// Segments as an admission stores them: a line of text for each, such as `icu 7 900.00 GBP 2026-03-02T10:00:00Z`, and its end only where no other
/// one begins. An admission has all of its segments, and its size is what a transfer costs.
pub(crate) mod stored {
    use serde::{Deserializer, Serializer, de::Error};

    use super::{BedNumber, Deserialize, Money, Segment, Timestamp, Ward};
    use crate::money::Currency;

    pub(crate) fn serialize<S: Serializer>(segments: &[Segment], serializer: S) -> Result<S::Ok, S::Error> {
        let next = segments.iter().skip(1).map(|segment| Some(segment.from)).chain([None]);
        serializer.collect_seq(segments.iter().zip(next).map(|(segment, next)| {
            let Segment { ward, bed, daily_fee, from, to } = segment;
            let to = to.filter(|to| next != Some(*to)).map(|to| format!(" {to}")).unwrap_or_default();
            format!("{} {bed} {} {} {from}{to}", ward.as_str(), daily_fee.amount(), daily_fee.currency().code())
        }))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Segment>, D::Error> {
        let lines: Vec<String> = Vec::deserialize(deserializer)?;
        let segments: Option<Vec<_>> = lines.iter().map(|line| read(line)).collect();
        let mut segments = segments.ok_or_else(|| D::Error::custom("a segment that cannot be read"))?;
        let next: Vec<_> = segments.iter().skip(1).map(|segment| segment.from).collect();
        for (segment, next) in segments.iter_mut().zip(next) {
            segment.to = segment.to.or(Some(next));
        }
        Ok(segments)
    }

    fn read(line: &str) -> Option<Segment> {
        let mut words = line.split(' ');
        let (ward, bed) = (Ward::parse(words.next()?).ok()?, words.next()?.parse::<BedNumber>().ok()?);
        let (amount, currency) = (words.next()?, Currency::parse(words.next()?).ok()?);
        let (from, to) = (words.next()?.parse().ok()?, words.next().map(str::parse::<Timestamp>).transpose().ok()?);
        Some(Segment { ward, bed, daily_fee: Money::parse(amount, currency).ok()?, from, to })
    }
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

    #[derive(Debug, PartialEq, Eq, serde::Serialize, Deserialize)]
    struct Stored(#[serde(with = "stored")] Vec<Segment>);

    #[test]
    fn segments_as_they_are_stored() {
        let (first, second) = (at("2026-03-02T10:00:00.5Z"), at("2026-03-04T12:00:00Z"));
        let open = Stored(vec![segment(Ward::Icu, first, Some(second)), segment(Ward::General, second, None)]);
        let json = serde_json::to_string(&open).unwrap();
        assert_eq!(json, r#"["icu 1 100.00 GBP 2026-03-02T10:00:00.5Z","general 1 100.00 GBP 2026-03-04T12:00:00Z"]"#);
        assert_eq!(serde_json::from_str::<Stored>(&json).unwrap(), open);
        let over = Stored(vec![segment(Ward::Icu, first, Some(second)), segment(Ward::General, second, Some(at("2026-03-05T09:00:00Z")))]);
        assert_eq!(serde_json::from_str::<Stored>(&serde_json::to_string(&over).unwrap()).unwrap(), over);
        for wrong in ["", "icu", "moon 1 100.00 GBP 2026-03-02T10:00:00Z", "icu 41 100.00 GBP 2026-03-02T10:00:00Z", "icu 1 100.00 GBP x"] {
            assert!(serde_json::from_str::<Stored>(&format!("[\"{wrong}\"]")).is_err(), "{wrong}");
        }
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
