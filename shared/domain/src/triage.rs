//! Triage: how urgent an emergency is, in which order the patients are seen, and for how long one may wait.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Invalid;

/// A level of the five. Lower is more urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TriageLevel {
    /// Needs a measure that saves life, now.
    Resuscitation,
    /// In danger, confused, or in great pain.
    Emergent,
    /// Needs several resources.
    Urgent,
    /// Needs one resource.
    LessUrgent,
    /// Needs none.
    NonUrgent,
}

named! {
    TriageLevel, "invalid_level": {
        Resuscitation = "resuscitation", Emergent = "emergent", Urgent = "urgent", LessUrgent = "less_urgent", NonUrgent = "non_urgent",
    }
}

/// How long a patient of each level may wait until a doctor sees them. It is data, so that a hospital can have another scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scale {
    /// What it is called.
    pub name: String,
    /// The limits in minutes, the most urgent level first.
    minutes: [u16; 5],
}

impl Scale {
    /// The Emergency Severity Index (Agency for Healthcare Research and Quality, ESI Handbook, 4th edition, 2012): level 1 at once, level 2 within 10 minutes. It
    /// names no times for the others, so theirs are those of the Canadian Triage and Acuity Scale.
    #[must_use]
    pub fn esi() -> Self {
        Self { name: "ESI".to_owned(), minutes: [0, 10, 30, 60, 120] }
    }

    /// A scale of a hospital's own.
    ///
    /// # Errors
    /// When a less urgent level would have to wait less long, or anybody longer than a day.
    pub fn new(name: &str, minutes: [u16; 5]) -> Result<Self, Invalid> {
        if minutes.is_sorted() && minutes[4] <= 24 * 60 {
            return Ok(Self { name: name.to_owned(), minutes });
        }
        Err(Invalid::new("invalid_scale", "Give five times in minutes, the most urgent level first, none shorter than the one before."))
    }

    /// A scale of a hospital's own, as settings write it: five times in minutes with commas between them.
    ///
    /// # Errors
    /// When these are not five times, or [`Self::new`] refuses them.
    pub fn parse(name: &str, minutes: &str) -> Result<Self, Invalid> {
        let times: Vec<u16> = minutes.split(',').map_while(|minutes| minutes.trim().parse().ok()).collect();
        let complete = times.len() == minutes.split(',').count();
        let times = times.try_into().ok().filter(|_| complete);
        times.map_or_else(|| Self::new(name, [1, 0, 0, 0, 0]), |times| Self::new(name, times))
    }

    /// How long a patient of a level may wait.
    #[must_use]
    pub const fn limit(&self, level: TriageLevel) -> SignedDuration {
        SignedDuration::from_mins(self.minutes[level as usize] as i64)
    }

    /// When the wait of a patient becomes too long, who has been at least as urgent as these levels since then: the first time counts.
    #[must_use]
    pub fn due(&self, clocks: &[(TriageLevel, Timestamp)]) -> Option<Timestamp> {
        let due = |(level, since): &(TriageLevel, Timestamp)| since.saturating_add(self.limit(*level)).unwrap_or(Timestamp::MAX);
        clocks.iter().map(due).min()
    }
}

/// The place in the queue: by level, then by arrival. The text order of the two is the queue's.
#[must_use]
pub fn place(level: TriageLevel, arrived_at: Timestamp) -> String {
    format!("{}#{}", level as u8 + 1, arrived_at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn limits_by_level() {
        let (scale, arrived) = (Scale::esi(), "2026-03-02T08:00:00Z".parse().unwrap());
        let due = |level| scale.due(&[(level, arrived)]).unwrap().to_string();
        assert_eq!(due(TriageLevel::Resuscitation), "2026-03-02T08:00:00Z");
        assert_eq!(due(TriageLevel::Emergent), "2026-03-02T08:10:00Z");
        assert_eq!(due(TriageLevel::NonUrgent), "2026-03-02T10:00:00Z");
        assert_eq!(Scale::new("x", [0, 20, 10, 60, 120]).unwrap_err().code, "invalid_scale");
        assert_eq!(Scale::new("x", [0, 10, 30, 60, 1441]).unwrap_err().code, "invalid_scale");
        assert_eq!(Scale::parse("Manchester", "0, 10,60,120,240"), Scale::new("Manchester", [0, 10, 60, 120, 240]));
        for wrong in ["", "0,10,30,60", "0,10,30,60,120,240", "0,10,x,60,120", "0,10,30,60,", "-1,10,30,60,120"] {
            assert_eq!(Scale::parse("x", wrong).unwrap_err().code, "invalid_scale", "{wrong}");
        }
        assert_eq!(Scale::new("Manchester", [0, 10, 60, 120, 240]).unwrap().limit(TriageLevel::Urgent).as_mins(), 60);
    }

    proptest! {
        #[test]
        fn the_order_of_the_text_is_the_order_of_the_queue(
            one in (prop::sample::select(TriageLevel::ALL), 0i64..4_000_000_000),
            other in (prop::sample::select(TriageLevel::ALL), 0i64..4_000_000_000),
        ) {
            let text = |(level, millis): (TriageLevel, i64)| place(level, Timestamp::from_millisecond(millis).unwrap());
            prop_assert_eq!(text(one).cmp(&text(other)), one.cmp(&other));
        }
    }
}
