//! Attempts are counted before anything is computed for them. The limits are in `domain::throttle`.

use axum::http::StatusCode;
use domain::{
    id::UserId,
    text::Email,
    throttle::{
        CONFIRMATIONS_OF_ACCOUNT, CONFIRMATIONS_TO_OTHER_ADDRESS, EMAILS_FROM_SOURCE, Limit, PASSWORD_EMAILS_TO_ADDRESS,
        PASSWORDS_FROM_SOURCE, PASSWORDS_OF_ACCOUNT, REGISTRATIONS_FROM_SOURCE, SIGN_IN_EMAILS_TO_ADDRESS, WELCOMES_TO_ADDRESS,
    },
};
use http::{AppState, Problem, refusals};
use store::{
    StoreError,
    email_tokens::Purpose,
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

/// Whom an attempt on an account comes from: somebody in a network that its owner is known to use, or a stranger. What strangers spend
/// is counted apart, so that it never is what the owner needs.
pub(crate) struct Asker {
    email: String,
    network: String,
    known: bool,
}

impl Asker {
    pub(crate) async fn of(state: &AppState, email: &Email) -> Result<Self, Problem> {
        let network = state.cursors.fingerprint(format!("{email}\n{}", trail::source()).as_bytes());
        let known = state.store.known_network(&network, state.clock.now()).await?;
        Ok(Self { email: state.cursors.fingerprint(email.as_str().as_bytes()), network, known })
    }

    /// Passwords that are tried on the account.
    pub(crate) fn passwords(&self) -> Attempts {
        self.attempts("password", "password_known", PASSWORDS_OF_ACCOUNT)
    }

    /// Emails with a token that are asked for by whoever knows the address.
    pub(crate) fn emails(&self, purpose: Purpose) -> Attempts {
        match purpose {
            Purpose::SignIn => self.attempts("sign_in_email", "sign_in_email_known", SIGN_IN_EMAILS_TO_ADDRESS),
            _ => self.attempts("password_email", "password_email_known", PASSWORD_EMAILS_TO_ADDRESS),
        }
    }

    fn attempts(&self, by_strangers: &'static str, by_known: &'static str, limit: Limit) -> Attempts {
        let (what, of) = if self.known { (by_known, &self.network) } else { (by_strangers, &self.email) };
        Attempts { what, of: of.clone(), limit }
    }

    /// Somebody has signed in: the owner, so this network is theirs, and the next email need not wait.
    pub(crate) async fn has_signed_in(&self, state: &AppState) -> Result<(), StoreError> {
        if self.known { Ok(()) } else { state.store.known_network_note(&self.network, state.clock.now()).await }
    }
}

/// Passwords that whoever is signed in gives again. Strangers have no part in it.
pub(crate) fn passwords_of_owner(id: UserId) -> Attempts {
    Attempts { what: "password_again", of: id.to_string(), limit: PASSWORDS_OF_ACCOUNT }
}

pub(crate) fn passwords_from_source(state: &AppState) -> Attempts {
    from_source(state, "password", PASSWORDS_FROM_SOURCE)
}

pub(crate) fn confirmations_of(id: UserId) -> Attempts {
    Attempts { what: "confirmation", of: id.to_string(), limit: CONFIRMATIONS_OF_ACCOUNT }
}

pub(crate) fn confirmations_to_other_address(state: &AppState, email: &Email) -> Attempts {
    to_address(state, "confirmation_to", email, CONFIRMATIONS_TO_OTHER_ADDRESS)
}

pub(crate) fn welcomes_to(state: &AppState, email: &Email) -> Attempts {
    to_address(state, "welcome", email, WELCOMES_TO_ADDRESS)
}

pub(crate) fn emails_from_source(state: &AppState) -> Attempts {
    from_source(state, "email", EMAILS_FROM_SOURCE)
}

pub(crate) fn registrations_from_source(state: &AppState) -> Attempts {
    from_source(state, "registration", REGISTRATIONS_FROM_SOURCE)
}

fn to_address(state: &AppState, what: &'static str, email: &Email, limit: Limit) -> Attempts {
    Attempts { what, of: state.cursors.fingerprint(email.as_str().as_bytes()), limit }
}

fn from_source(state: &AppState, what: &'static str, limit: Limit) -> Attempts {
    Attempts { what, of: state.cursors.fingerprint(trail::source().as_bytes()), limit }
}

/// Whether one more email may go out now. If not, an earlier one is in the mailbox and still works.
pub(crate) async fn one_more(state: &AppState, attempts: &Attempts) -> Result<bool, StoreError> {
    Ok(matches!(state.store.throttle_attempt(attempts, state.clock.now()).await?, Turn::Go(_)))
}

/// An attempt that may be made, and which one it is in its window.
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
