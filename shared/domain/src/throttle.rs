//! How often something may be tried. Some attempts are free; then each one doubles the wait before the next, up to a longest wait.
//! Nothing is ever locked: while a stranger keeps trying an account's password, its owner can sign in by email.

use jiff::{SignedDuration, Timestamp};

/// A limit on attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Attempts without a wait.
    pub free: u32,
    /// The first wait. Each later one is twice as long as the one before.
    pub first: SignedDuration,
    /// The longest wait.
    pub longest: SignedDuration,
    /// How long attempts are counted together. Each window starts again at zero.
    pub window: SignedDuration,
}

/// Passwords tried on one account. Counted apart are all strangers together, each network that the owner has signed in from, and the
/// owner who is signed in.
pub const PASSWORDS_OF_ACCOUNT: Limit = limit(5, 1, 60, 24 * 60);
/// Passwords and emailed tokens tried from one source. All of a hospital may share one IP address, so attempts that succeed are given
/// back.
pub const PASSWORDS_FROM_SOURCE: Limit = limit(100, 1, 10, 60);
/// Sign-in emails to one address. Every wait is shorter than the token's lifetime, so the latest email always works.
pub const SIGN_IN_EMAILS_TO_ADDRESS: Limit = limit(3, 60, 5 * 60, 24 * 60);
/// New-password emails to one address. Here, too, the latest email always works.
pub const PASSWORD_EMAILS_TO_ADDRESS: Limit = limit(3, 60, 10 * 60, 24 * 60);
/// Welcome emails to one address, however often somebody opens and closes accounts with it.
pub const WELCOMES_TO_ADDRESS: Limit = limit(3, 60 * 60, 24 * 60 * 60, 24 * 60);
/// Confirmation emails that one account asks for.
pub const CONFIRMATIONS_OF_ACCOUNT: Limit = limit(3, 60, 10 * 60, 24 * 60);
/// Confirmation emails to an address that is not the asking account's own, counted for all accounts together.
pub const CONFIRMATIONS_TO_OTHER_ADDRESS: Limit = limit(20, 60, 10 * 60, 24 * 60);
/// Emails with a token that are asked for from one source.
pub const EMAILS_FROM_SOURCE: Limit = limit(30, 10, 10 * 60, 60);
/// Accounts opened from one source.
pub const REGISTRATIONS_FROM_SOURCE: Limit = limit(30, 10, 10 * 60, 60);

/// How long a network counts as the owner's after a sign-in from it.
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
    /// How long the next attempt has to wait after attempt number `count` of a window. `None` while attempts are free.
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
