//! Time is passed in, so that a test can stop the clock and a local hospital can run in the future.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};

/// The only source of the present instant.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::ahead(SignedDuration::ZERO)
    }

    /// The machine's clock moved by a fixed amount, so that a reminder can be watched without waiting a day.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn ahead(by: SignedDuration) -> Self {
        Self(Arc::new(move || Timestamp::now().saturating_add(by).unwrap_or(Timestamp::MAX)))
    }

    /// A clock that stands still until its [`Hand`] moves it.
    #[must_use]
    pub fn manual(start: Timestamp) -> (Self, Hand) {
        let second = Arc::new(AtomicI64::new(start.as_second()));
        let hand = Hand(Arc::clone(&second));
        let read = move || Timestamp::from_second(second.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX);
        (Self(Arc::new(read)), hand)
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// Moves a manual clock, in whole seconds.
#[derive(Debug, Clone)]
pub struct Hand(Arc<AtomicI64>);

impl Hand {
    /// Moves the clock to an instant.
    pub fn set(&self, to: Timestamp) {
        self.0.store(to.as_second(), Ordering::SeqCst);
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: SignedDuration) {
        self.0.fetch_add(by.as_secs(), Ordering::SeqCst);
    }
}
