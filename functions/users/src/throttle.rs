//! Attempts are counted before anything is computed for them. The limits are in `domain::throttle`.

use axum::http::StatusCode;
use domain::{
    text::Email,
    throttle::{EMAILS_FROM_SOURCE, EMAILS_TO_ADDRESS, PASSWORDS_FROM_SOURCE, PASSWORDS_OF_ACCOUNT, REGISTRATIONS_FROM_SOURCE},
};
use http::{AppState, Problem, refusals};
use store::{
    StoreError,
    throttle::{Attempts, Turn},
    trail,
};

refusals! {
    pub(crate) TooManyAttempts {
        429 "too_many_attempts",
    }
}

/// While a source has made so few attempts, what succeeds need not be given back.
const FEW: u32 = 10;

pub(crate) fn passwords_of(state: &AppState, email: &Email) -> Attempts {
    Attempts { what: "password", of: state.cursors.fingerprint(email.as_str().as_bytes()), limit: PASSWORDS_OF_ACCOUNT }
}

pub(crate) fn passwords_from_source(state: &AppState) -> Attempts {
    from_source(state, "password", PASSWORDS_FROM_SOURCE)
}

pub(crate) fn emails_to(state: &AppState, email: &Email) -> Attempts {
    Attempts { what: "email", of: state.cursors.fingerprint(email.as_str().as_bytes()), limit: EMAILS_TO_ADDRESS }
}

pub(crate) fn emails_from_source(state: &AppState) -> Attempts {
    from_source(state, "email", EMAILS_FROM_SOURCE)
}

pub(crate) fn registrations_from_source(state: &AppState) -> Attempts {
    from_source(state, "registration", REGISTRATIONS_FROM_SOURCE)
}

fn from_source(state: &AppState, what: &'static str, limit: domain::throttle::Limit) -> Attempts {
    Attempts { what, of: state.cursors.fingerprint(trail::source().as_bytes()), limit }
}

/// An attempt that may be made, the so-manieth of its window.
pub(crate) struct Passed {
    attempts: Attempts,
    count: u32,
}

/// Lets an attempt pass, or says when to come back.
pub(crate) async fn pass(state: &AppState, attempts: Attempts) -> Result<Passed, Problem> {
    match state.store.throttle_attempt(&attempts, state.clock.now()).await? {
        Turn::Go(count) => Ok(Passed { attempts, count }),
        Turn::Wait(seconds) => {
            let wait = if seconds == 1 { "a second".to_owned() } else { format!("{seconds} seconds") };
            let detail = format!("There were too many attempts. Try again in {wait}.");
            Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail).retry_after(seconds))
        }
    }
}

impl Passed {
    /// It proved who made it: the account's earlier failures are forgotten.
    pub(crate) async fn forget(self, state: &AppState) -> Result<(), StoreError> {
        if self.count > 1 { state.store.throttle_forget(&self.attempts, state.clock.now()).await } else { Ok(()) }
    }

    /// It turned out well: the source gets it back, the failures of others there stay.
    pub(crate) async fn give_back(self, state: &AppState) -> Result<(), StoreError> {
        if self.count > FEW { state.store.throttle_forgive(&self.attempts, state.clock.now()).await } else { Ok(()) }
    }
}
