//! Attempts are counted before anything is computed for them. The limits are in `domain::throttle`.

use domain::{
    text::Email,
    throttle::{LETTERS_FROM_SOURCE, LETTERS_TO_ADDRESS, PASSWORDS_FROM_SOURCE, PASSWORDS_OF_ACCOUNT, REGISTRATIONS_FROM_SOURCE},
};
use shared::{
    State,
    http::Problem,
    store::{
        StoreError,
        throttle::{Attempts, Turn},
    },
    trail,
};

/// While a source has made so few attempts, what succeeds need not be given back.
const FEW: u32 = 10;

pub(crate) fn passwords_of(state: &State, email: &Email) -> Attempts {
    Attempts { what: "password", of: state.cursors.fingerprint(email.as_str().as_bytes()), limit: PASSWORDS_OF_ACCOUNT }
}

pub(crate) fn passwords_from_source(state: &State) -> Attempts {
    from_source(state, "password", PASSWORDS_FROM_SOURCE)
}

pub(crate) fn letters_to(state: &State, email: &Email) -> Attempts {
    Attempts { what: "letter", of: state.cursors.fingerprint(email.as_str().as_bytes()), limit: LETTERS_TO_ADDRESS }
}

pub(crate) fn letters_from_source(state: &State) -> Attempts {
    from_source(state, "letter", LETTERS_FROM_SOURCE)
}

pub(crate) fn registrations_from_source(state: &State) -> Attempts {
    from_source(state, "registration", REGISTRATIONS_FROM_SOURCE)
}

fn from_source(state: &State, what: &'static str, limit: domain::throttle::Limit) -> Attempts {
    Attempts { what, of: state.cursors.fingerprint(trail::source().as_bytes()), limit }
}

/// Lets an attempt pass, as the so-manieth of its window, or says when to come back.
pub(crate) async fn pass(state: &State, attempts: &Attempts) -> Result<u32, Problem> {
    match state.store.attempt(attempts, state.clock.now()).await? {
        Turn::Go(count) => Ok(count),
        Turn::Wait(seconds) => {
            let detail = format!("There were too many attempts. Try again in {seconds} seconds.");
            Err(Problem::new(axum::http::StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail).retry_after(seconds))
        }
    }
}

/// The attempts that led to a proof.
pub(crate) async fn succeeded(state: &State, of_account: Option<(&Attempts, u32)>, of_source: (&Attempts, u32)) -> Result<(), StoreError> {
    let now = state.clock.now();
    if let Some((attempts, _)) = of_account.filter(|(_, count)| *count > 1) {
        state.store.forget_attempts(attempts, now).await?;
    }
    if of_source.1 > FEW {
        state.store.forgive(of_source.0, now).await?;
    }
    Ok(())
}
