//! Counts attempts before doing any work for them. The limits are in `domain::throttle`.

use axum::http::StatusCode;
use domain::{
    account::Account,
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
    known_networks::Known,
    throttle::{Attempts, Turn},
    trail,
};

refusals! {
    pub(crate) TooManyAttempts {
        429 "too_many_attempts",
    }
}

/// While a source has made no more attempts than this, a success is not taken off its count: the limit is far away.
const ALWAYS_COUNTED: u32 = 10;

/// The person who tries something with an account: either somebody in a network that its owner is known to use, or a stranger. The
/// attempts of strangers are counted apart, so that they cannot use up the attempts that the owner needs.
pub(crate) struct Asker {
    email: String,
    network: String,
    known: Known,
}

impl Asker {
    /// `account` is the one with this email address, if there is one.
    pub(crate) async fn of(state: &AppState, email: &Email, account: Option<&Account>) -> Result<Self, Problem> {
        let unknown = Self::new(state, email, Known::No);
        let known = state.store.known_network(&unknown.network, account, state.clock.now()).await?;
        Ok(Self { known, ..unknown })
    }

    /// Somebody of whom nothing is known, as after a change that makes the account forget its networks.
    pub(crate) fn stranger(state: &AppState, email: &Email) -> Self {
        Self::new(state, email, Known::No)
    }

    fn new(state: &AppState, email: &Email, known: Known) -> Self {
        let network = state.cursors.fingerprint(format!("{email}\n{}", trail::source()).as_bytes());
        Self { email: state.cursors.fingerprint(email.as_str().as_bytes()), network, known }
    }

    /// Attempts to sign in to the account with a password.
    pub(crate) fn passwords(&self) -> Attempts {
        self.attempts("password", "password_known", PASSWORDS_OF_ACCOUNT)
    }

    /// Requests for an email with a token. Anybody who knows the email address can make them.
    pub(crate) fn emails(&self, purpose: Purpose) -> Attempts {
        match purpose {
            Purpose::SignIn => self.attempts("sign_in_email", "sign_in_email_known", SIGN_IN_EMAILS_TO_ADDRESS),
            _ => self.attempts("password_email", "password_email_known", PASSWORD_EMAILS_TO_ADDRESS),
        }
    }

    fn attempts(&self, by_strangers: &'static str, by_known: &'static str, limit: Limit) -> Attempts {
        let (what, of) = if self.known == Known::No { (by_strangers, &self.email) } else { (by_known, &self.network) };
        Attempts { what, of: of.clone(), limit }
    }

    /// A successful sign-in comes from the owner. Remembers their network, so that strangers' attempts no longer make them wait there.
    ///
    /// While the email address is not confirmed, whoever signs in may be a stranger. Failing to remember does not undo the sign-in.
    pub(crate) async fn remember_network(&self, state: &AppState, account: &Account) {
        if account.email_confirmed && self.known != Known::Well {
            only_logged(state.store.known_network_note(&self.network, account, state.clock.now()).await);
        }
    }
}

/// Forgets attempts, because the person who made them has proven who they are.
pub(crate) async fn forget(state: &AppState, attempts: &Attempts) {
    only_logged(state.store.throttle_forget(attempts, state.clock.now()).await);
}

/// Bookkeeping after something has succeeded: a failure must not turn the success into an error.
fn only_logged(outcome: Result<(), StoreError>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "not noted that an attempt succeeded");
    }
}

/// Passwords that a signed-in caller enters again. Strangers' attempts do not count here.
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

/// Whether one more email may go out now. If not, an earlier email is in the mailbox and its token still works.
pub(crate) async fn may_send_email(state: &AppState, attempts: &Attempts) -> Result<bool, StoreError> {
    Ok(matches!(state.store.throttle_attempt(attempts, state.clock.now()).await?, Turn::Go(_)))
}

/// An attempt that was allowed, and its number in the current window.
pub(crate) struct Passed {
    attempts: Attempts,
    count: u32,
}

/// Counts an attempt, or refuses it and says how long to wait.
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
    /// The attempt proved who made it: forgets it and the earlier failures on the account. Were only failures forgotten, the count that
    /// a success leaves would tell strangers that the account is in use.
    pub(crate) async fn clear(self, state: &AppState) {
        forget(state, &self.attempts).await;
    }

    /// The attempt succeeded: takes it off the source's count. The failures of others behind the same source stay.
    pub(crate) async fn uncount(self, state: &AppState) {
        if self.count > ALWAYS_COUNTED {
            only_logged(state.store.throttle_forgive(&self.attempts, state.clock.now()).await);
        }
    }
}
