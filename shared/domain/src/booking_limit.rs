//! How many appointments a patient may have ahead, and how often they may book and move. Each booking and each move takes a doctor's
//! time from other patients and sends emails, so both have a limit. The limits do not apply to the front desk.

use jiff::SignedDuration;

/// What one patient may do without the front desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookingLimit {
    /// Appointments that may lie ahead at the same time.
    pub open: u32,
    /// Bookings and moves that may follow each other without a pause.
    pub burst: u32,
    /// How long it takes until one more is allowed.
    pub pace: SignedDuration,
}

/// For patients who have confirmed their email address.
pub const CONFIRMED: BookingLimit = BookingLimit { open: 10, burst: 20, pace: SignedDuration::from_mins(60) };
/// For patients who have not: the address may be a stranger's.
pub const UNCONFIRMED: BookingLimit = BookingLimit { open: 2, burst: 4, pace: SignedDuration::from_mins(6 * 60) };

/// How often a patient may move one appointment.
pub const MOVES: u32 = 5;

/// No request runs longer than this. What it has not written by then, it never writes.
pub const UNDER_WAY: SignedDuration = SignedDuration::from_secs(30);

impl BookingLimit {
    /// The limit for a patient.
    #[must_use]
    pub const fn of(email_confirmed: bool) -> Self {
        if email_confirmed { CONFIRMED } else { UNCONFIRMED }
    }

    /// How far ahead of the clock the patient's pace may run. Each booking and each move puts it one `pace` further ahead, and the clock
    /// catches up. One number limits both the burst and the rate (generic cell rate algorithm, ITU-T I.371).
    #[must_use]
    pub fn allowance(&self) -> SignedDuration {
        self.pace.checked_mul(i32::try_from(self.burst).unwrap_or(i32::MAX) - 1).unwrap_or(SignedDuration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_then_the_pace() {
        for limit in [CONFIRMED, UNCONFIRMED] {
            let (mut ahead, mut passed) = (SignedDuration::ZERO, 0);
            while ahead <= limit.allowance() {
                ahead += limit.pace;
                passed += 1;
            }
            assert_eq!(passed, limit.burst);
            // One `pace` later there is room for one more.
            assert!(ahead - limit.pace <= limit.allowance());
        }
    }

    #[test]
    fn a_stranger_s_address_gets_less() {
        assert!(UNCONFIRMED.open < CONFIRMED.open && UNCONFIRMED.burst < CONFIRMED.burst && UNCONFIRMED.pace > CONFIRMED.pace);
        assert_eq!((BookingLimit::of(true), BookingLimit::of(false)), (CONFIRMED, UNCONFIRMED));
    }
}
