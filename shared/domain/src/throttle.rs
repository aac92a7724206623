//! How often something may be tried: some attempts are free, then each one makes the next wait longer, up to a minute where passwords
//! are tried. Nothing is locked; whose password a stranger keeps trying signs in by email meanwhile.

use jiff::{SignedDuration, Timestamp};

/// A limit on attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Attempts without a wait.
    pub free: u32,
    /// The first wait; each further one is twice as long.
    pub first: SignedDuration,
    /// No wait is longer.
    pub longest: SignedDuration,
    /// Attempts are counted anew in every window.
    pub window: SignedDuration,
}

/// Passwords tried on one account: by strangers together, from each network that its owner is known to use, and by whoever is signed in.
pub const PASSWORDS_OF_ACCOUNT: Limit = limit(5, 1, 60, 24 * 60);
/// Passwords and emailed tokens tried from one source. A hospital may sit behind one address: what succeeds is given back.
pub const PASSWORDS_FROM_SOURCE: Limit = limit(100, 1, 10, 60);
/// Emails that sign in, to one address. No wait is as long as their token is good for: the latest one always works.
pub const SIGN_IN_EMAILS_TO_ADDRESS: Limit = limit(3, 60, 5 * 60, 24 * 60);
/// Emails that let choose a new password, to one address. The same holds.
pub const PASSWORD_EMAILS_TO_ADDRESS: Limit = limit(3, 60, 10 * 60, 24 * 60);
/// Welcomes to one address, however often somebody opens and closes accounts with it.
pub const WELCOMES_TO_ADDRESS: Limit = limit(3, 60 * 60, 24 * 60 * 60, 24 * 60);
/// Confirmations that one account asks for.
pub const CONFIRMATIONS_OF_ACCOUNT: Limit = limit(3, 60, 10 * 60, 24 * 60);
/// Confirmations to an address that is not the asking account's, from all accounts together.
pub const CONFIRMATIONS_TO_OTHER_ADDRESS: Limit = limit(3, 60, 10 * 60, 24 * 60);
/// Emails with a token asked for from one source.
pub const EMAILS_FROM_SOURCE: Limit = limit(30, 10, 10 * 60, 60);
/// Accounts opened from one source.
pub const REGISTRATIONS_FROM_SOURCE: Limit = limit(30, 10, 10 * 60, 60);

/// How long a network counts as its user's after a sign-in from there.
pub const NETWORK_KNOWN_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

const fn limit(free: u32, first_secs: i64, longest_secs: i64, window_mins: i64) -> Limit {
    Limit {
        free,
        first: SignedDuration::from_secs(first_secs),
        longest: SignedDuration::from_secs(longest_secs),
        window: SignedDuration::from_mins(window_mins),
    }
}

impl Limit {
    /// How long the next attempt has to wait after this one, the `count`th of its window.
    #[must_use]
    pub fn wait_after(&self, count: u32) -> Option<SignedDuration> {
        let beyond = count.checked_sub(self.free).filter(|beyond| *beyond > 0)?;
        let doubled = 1_i64.checked_shl(beyond - 1).filter(|factor| *factor > 0).unwrap_or(i64::MAX);
        Some(SignedDuration::from_secs(self.first.as_secs().saturating_mul(doubled)).min(self.longest))
    }

    /// The number of the window that an instant lies in.
    #[must_use]
    pub fn window_at(&self, now: Timestamp) -> i64 {
        now.as_second().div_euclid(self.window.as_secs())
    }

    /// When the window that an instant lies in is over.
    #[must_use]
    pub fn window_ends(&self, now: Timestamp) -> Timestamp {
        Timestamp::from_second((self.window_at(now) + 1) * self.window.as_secs()).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn waits_grow_and_end_growing() {
        let wait = |count| PASSWORDS_OF_ACCOUNT.wait_after(count).map(|wait| wait.as_secs());
        assert_eq!([wait(1), wait(5), wait(6), wait(7), wait(8)], [None, None, Some(1), Some(2), Some(4)]);
        assert_eq!([wait(11), wait(12), wait(80), wait(u32::MAX)], [Some(32), Some(60), Some(60), Some(60)]);
    }

    #[test]
    fn a_day_allows_few_guesses() {
        let (mut guesses, mut passed) = (0, SignedDuration::ZERO);
        while passed < PASSWORDS_OF_ACCOUNT.window {
            guesses += 1;
            passed += PASSWORDS_OF_ACCOUNT.wait_after(guesses).unwrap_or_default();
        }
        assert!(guesses < 1_500, "{guesses}");
    }

    #[test]
    fn the_latest_email_still_works_when_the_next_one_has_to_wait() {
        for (limit, good_for) in [(SIGN_IN_EMAILS_TO_ADDRESS, 10), (PASSWORD_EMAILS_TO_ADDRESS, 30)] {
            assert!(limit.longest < SignedDuration::from_mins(good_for));
        }
    }

    proptest! {
        #[test]
        fn a_window_contains_its_instant(second in 0i64..4_000_000_000) {
            let now = Timestamp::from_second(second).unwrap();
            for limit in [PASSWORDS_OF_ACCOUNT, PASSWORDS_FROM_SOURCE] {
                let ends = limit.window_ends(now);
                prop_assert!(now < ends && ends.duration_since(now) <= limit.window);
            }
        }
    }
}
