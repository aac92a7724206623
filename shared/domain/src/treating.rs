//! Which doctors treat a patient, and so may see the patient's data. This follows from their appointments, from the stays for which they are
//! responsible and from the emergencies that they have seen, and ends by itself. Besides, a doctor treats who lies on the ward on which they are on
//! shift.

use jiff::{SignedDuration, Timestamp};

use crate::schedule::Slot;

/// How long after their last appointment a doctor still treats the patient: time for results to come and for follow-up questions.
pub const AFTERWARDS: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Whether the doctor of an appointment treats the patient now: the appointment lies ahead, or ended less than [`AFTERWARDS`] ago.
#[must_use]
pub fn treats(slot: Slot, now: Timestamp) -> bool {
    now.duration_since(slot.end) < AFTERWARDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_booking_until_three_months_after_the_end() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let slot = Slot { start: at("2026-03-02T09:00:00Z"), end: at("2026-03-02T09:30:00Z") };
        assert!(treats(slot, at("2025-12-01T00:00:00Z")));
        assert!(treats(slot, at("2026-05-31T09:29:59Z")));
        assert!(!treats(slot, at("2026-05-31T09:30:00Z")));
    }
}
