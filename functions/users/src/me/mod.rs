//! The caller's own account.

pub(crate) mod ask_for_email;
pub(crate) mod change;
pub(crate) mod change_password;
pub(crate) mod close;
pub(crate) mod confirm_email;
pub(crate) mod end_session;
pub(crate) mod end_sessions;
pub(crate) mod notifications;
pub(crate) mod read;
pub(crate) mod sessions;

use domain::{
    account::Account,
    password::Password,
    text::{Email, Phone},
};
use http::{Problem, auth::Caller};
use store::{
    accounts::StoredAccount,
    email_tokens::{EmailToken, Purpose},
    trail,
};

use crate::{
    Users,
    refused::{invalid_token, password_void},
    throttle,
};

impl Users {
    async fn own_account(&self, caller: &Caller) -> Result<StoredAccount, Problem> {
        trail::account(caller.user_id);
        self.base.store.account(caller.user_id).await?.ok_or_else(|| Problem::not_found("account"))
    }

    /// Checks the password again: somebody else may sit at a screen that was left open.
    async fn prove_password(&self, account: &StoredAccount, typed: &str) -> Result<(), Problem> {
        let state = &self.base;
        let attempt = throttle::pass(state, throttle::passwords_of_owner(account.account.id)).await?;
        let typed = Password::parse(typed).map(|typed| self.passwords.verify(typed.expose(), account.password_hash.as_deref()));
        if typed != Ok(true) {
            return Err(Problem::forbidden("This is not the password of this account.").coded("wrong_password"));
        }
        if account.password_void {
            return Err(password_void());
        }
        attempt.clear(state).await;
        Ok(())
    }

    /// The phone number in the patient profile, if the account has one.
    async fn profile_phone(&self, account: &Account) -> Result<Option<Phone>, Problem> {
        let Some(id) = account.patient_id else { return Ok(None) };
        Ok(self.base.store.patient(id).await?.and_then(|patient| patient.phone))
    }

    /// An emailed token and its account, if both are still valid.
    pub(crate) async fn redeem(&self, token: &str, purposes: &[Purpose]) -> Result<(EmailToken, StoredAccount), Problem> {
        let state = &self.base;
        let id = self.email_tokens.read(token).ok_or_else(invalid_token)?;
        let token = state.store.email_token(id, state.clock.now()).await?.ok_or_else(invalid_token)?;
        let user_id = token.user_id.filter(|_| purposes.contains(&token.purpose)).ok_or_else(invalid_token)?;
        let account = state.store.account(user_id).await?.ok_or_else(invalid_token)?;
        trail::account(user_id);
        // Only a confirmation may be about an email address that the account does not have yet.
        let same_address = token.purpose == Purpose::ConfirmEmail || account.account.email == token.email;
        let under_way = token.epoch == Some(account.account.sign_in_epoch);
        if same_address && under_way && account.account.may_sign_in() { Ok((token, account)) } else { Err(invalid_token()) }
    }

    /// Whether confirming this email address makes its owner the hospital's first administrator.
    pub(crate) async fn is_first_administrator(&self, email: &Email) -> Result<bool, Problem> {
        Ok(self.administrator.as_ref() == Some(email) && !self.base.store.account_first_administrator_made(email).await?)
    }
}
