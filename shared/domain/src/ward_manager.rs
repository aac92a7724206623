//! Ward managers: each holds one of the three shifts of one ward, every day. They act on that ward while the shift is on.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{id::UserId, schedule::Slot, shifts::ShiftTime, ward::Ward};

/// A shift of a ward that somebody manages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagerShift {
    /// The ward.
    pub ward: Ward,
    /// Which of its three shifts.
    pub shift: ShiftTime,
    /// Who manages it.
    pub user_id: UserId,
    /// Since when.
    pub since: Timestamp,
}

impl ManagerShift {
    /// Whether the shift is on.
    #[must_use]
    pub fn is_on(&self, at: Timestamp, zone: &TimeZone) -> bool {
        ShiftTime::at(at, zone).1 == self.shift
    }

    /// The shift that is on, or the next one.
    #[must_use]
    pub fn next(&self, at: Timestamp, zone: &TimeZone) -> Slot {
        let (today, _) = ShiftTime::at(at, zone);
        let slot = self.shift.on(today, zone);
        if at < slot.end { slot } else { self.shift.on(today.tomorrow().unwrap_or(today), zone) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_is_on_in_the_hospitals_time() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let night = ManagerShift {
            ward: Ward::Icu,
            shift: ShiftTime::Night,
            user_id: UserId::new(Timestamp::UNIX_EPOCH, 1),
            since: Timestamp::UNIX_EPOCH,
        };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        // In summer, London is an hour ahead of UTC.
        for (moment, is_on, begins) in [
            ("2026-07-01T22:59:59Z", false, "2026-07-01T23:00:00Z"),
            ("2026-07-01T23:00:00Z", true, "2026-07-01T23:00:00Z"),
            ("2026-07-02T06:59:59Z", true, "2026-07-01T23:00:00Z"),
            ("2026-07-02T07:00:00Z", false, "2026-07-02T23:00:00Z"),
        ] {
            assert_eq!((night.is_on(at(moment), &zone), night.next(at(moment), &zone).start), (is_on, at(begins)), "{moment}");
        }
    }
}
