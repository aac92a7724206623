//! A token was promised to an address: the email that brings it.
//!
//! Where anybody may ask, only this function decides by whether the email address has an account. Who asked cannot tell.

use domain::{account::Account, role::Role};
use mail::{
    MailError, Recipient,
    emails::email_token::{self as emails, Carried},
};
use store::email_tokens::{EmailToken, Purpose};

use crate::{Failure, Notifications};

pub(crate) async fn send(state: &Notifications, token: EmailToken) -> Result<(), Failure> {
    let store = &state.base.store;
    if state.base.clock.now() >= token.expires_at {
        return Ok(());
    }
    let account = match token.user_id {
        Some(id) => store.account(id).await?,
        None => store.account_by_email(&token.email).await?,
    };
    let account = account.map(|stored| stored.account);
    if token.purpose == Purpose::Welcome && account.is_none() {
        return Ok(tell_owner(state, &token).await?);
    }
    let Some(account) = account.filter(Account::may_sign_in) else { return Ok(()) };
    if state.base.has_died(&account).await? {
        return Ok(());
    }
    if !store.email_token_bind(token.id, &account).await? {
        return Ok(());
    }
    let proven = account.email_confirmed && account.email == token.email;
    let carried = Carried { hospital: &state.base.hospital, token: state.tokens.write(token.id).into(), until: token.expires_at };
    let email = match token.purpose {
        Purpose::SignIn => emails::sign_in(&carried, !proven),
        Purpose::ResetPassword => emails::new_password(&carried),
        Purpose::ConfirmEmail => emails::confirm_address(&carried),
        Purpose::Invitation if account.opened_for.is_some() => emails::invitation_for_patient(&carried, &account),
        Purpose::Invitation => emails::invitation(&carried, &account),
        Purpose::Welcome if account.roles.contains(&Role::Patient) => emails::welcome_patient(&carried, &account),
        Purpose::Welcome => emails::welcome_staff(&carried, &account),
    };
    // It goes to the address that it is about, which need not be the account's yet.
    let to = Recipient::from(account);
    let to = Recipient { name: to.name.filter(|_| proven), email: token.email, ..to };
    let id = if token.purpose == Purpose::Welcome { format!("{}-welcome", to.user_id) } else { token.id.to_string() };
    Ok(state.base.mailer.send(&id, &to, &email.map_err(MailError::from)?).await?)
}

/// Somebody registered with an address that has an account. Its owner hears of it, once a day at most.
async fn tell_owner(state: &Notifications, token: &EmailToken) -> Result<(), MailError> {
    let base = &state.base;
    let owner = base.store.account_by_email(&token.email).await?.map(|stored| stored.account);
    let Some(owner) = owner.filter(Account::may_sign_in) else { return Ok(()) };
    let day = base.hospital.zone.to_datetime(token.created_at).date();
    let email = emails::already_registered(&base.hospital)?;
    base.mailer.send(&format!("{}-registered-again-{day}", owner.id), &owner.into(), &email).await
}
