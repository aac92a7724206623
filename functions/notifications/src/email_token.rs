//! A token was promised to an address: the email that brings it.
//!
//! Where anybody may ask, it is here that is looked whether the address has an account. Who asked cannot tell.

use domain::{account::Account, role::Role};
use mail::{Link, MailError, Message, Recipient};
use store::email_tokens::{EmailToken, Purpose};

use crate::{Failure, Notifications};

const NOT_YET_PROVEN: &str = "It also confirms this address. If you have chosen a password and want to keep it, confirm with the link in our \
    welcome message first: otherwise it goes out of use.";

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
    if !store.email_token_bind(token.id, &account).await? {
        return Ok(());
    }
    let proven = account.email_confirmed && account.email == token.email;
    let link = |label, page: &str| {
        let url = format!("{}#token={}", state.base.hospital.portal(page), state.tokens.write(token.id));
        Some(Link { label, url })
    };
    let hospital = &state.base.hospital.name;
    let ignore = "If you did not ask for this, you can ignore this email: nothing happens without the link.".to_owned();
    let until = ("Good until", state.base.hospital.instant_in_words(token.expires_at));
    let message = match token.purpose {
        Purpose::SignIn => Message {
            subject: format!("Your sign-in to {hospital}"),
            paragraphs: ["Open this link to sign in. It works once. Never pass it on, not to the hospital's staff either.".to_owned()]
                .into_iter()
                .chain((!proven).then(|| NOT_YET_PROVEN.to_owned()))
                .chain([ignore])
                .collect(),
            facts: vec![until],
            link: link("Sign in", "sign-in"),
            ..Message::default()
        },
        Purpose::ResetPassword => Message {
            subject: format!("A new password for {hospital}"),
            paragraphs: vec!["Open this link to choose a new password. It works once, and signs you out everywhere.".to_owned(), ignore],
            facts: vec![until],
            link: link("Choose a new password", "password"),
            ..Message::default()
        },
        Purpose::ConfirmEmail => Message {
            subject: format!("Please confirm your address for {hospital}"),
            paragraphs: vec!["Open this link, signed in to your account, to confirm that this address is yours.".to_owned(), ignore],
            facts: vec![until],
            link: link("Confirm the address", "confirm"),
            ..Message::default()
        },
        Purpose::Invitation => Message {
            subject: format!("You are invited to {hospital}"),
            paragraphs: vec![
                format!("Welcome to {hospital}. An administrator has opened an account for you under the address {}.", account.email),
                "Open this link to choose a password. It works once. When it is too old, ask for another one with \u{201c}forgot password\u{201d}.".to_owned(),
                "If you did not expect this, you can ignore this email.".to_owned(),
            ],
            facts: role(&account).into_iter().chain([until]).collect(),
            link: link("Choose a password", "password"),
            ..Message::default()
        },
        Purpose::Welcome if account.roles.contains(&Role::Patient) => Message {
            subject: format!("Welcome to {hospital}"),
            paragraphs: vec![
                format!("Welcome to {hospital}. Your account is open under the address {}.", account.email),
                "You can now sign in, choose a doctor, see when they are free, and book your appointment.".to_owned(),
                "Please confirm that this address is yours: open the link, signed in to your account.".to_owned(),
                "If you did not open this account, do not open the link, and tell the front desk.".to_owned(),
            ],
            facts: vec![until],
            link: link("Confirm the address", "confirm"),
            ..Message::default()
        },
        Purpose::Welcome => Message {
            subject: format!("Welcome to {hospital}: please confirm your address"),
            paragraphs: vec![
                format!("Welcome to {hospital}. You have registered under the address {}.", account.email),
                "Open this link, signed in to your account, to confirm that the address is yours. An administrator decides about your role; \
                    you will hear from us."
                    .to_owned(),
                "If you did not register, do not open the link, and tell the hospital.".to_owned(),
            ],
            facts: role(&account).into_iter().chain([until]).collect(),
            link: link("Confirm the address", "confirm"),
            ..Message::default()
        },
    };
    // It goes to the address that it is about, which need not be the account's yet.
    let to = Recipient::from(account);
    let to = Recipient { name: to.name.filter(|_| proven), email: token.email, ..to };
    let id = if token.purpose == Purpose::Welcome { format!("{}-welcome", to.user_id) } else { token.id.to_string() };
    Ok(state.base.mailer.send(&id, &to, &message).await?)
}

fn role(account: &Account) -> Option<(&'static str, String)> {
    account.requested_role.map(|role| ("Role", role.in_words()))
}

/// Somebody registered with an address that has an account. Its owner hears of it, once a day at most.
async fn tell_owner(state: &Notifications, token: &EmailToken) -> Result<(), MailError> {
    let base = &state.base;
    let owner = base.store.account_by_email(&token.email).await?.map(|stored| stored.account);
    let Some(owner) = owner.filter(Account::may_sign_in) else { return Ok(()) };
    let message = Message {
        subject: format!("You have an account at {}", base.hospital.name),
        paragraphs: vec![
            "Somebody has just tried to register with your address, which has an account already. Nothing has changed.".to_owned(),
            "If it was you: sign in, or choose a new password if you have forgotten yours. If it was not, there is nothing to do."
                .to_owned(),
        ],
        link: Some(Link { label: "Sign in", url: base.hospital.portal("sign-in") }),
        ..Message::default()
    };
    let day = base.hospital.zone.to_datetime(token.created_at).date();
    base.mailer.send(&format!("{}-registered-again-{day}", owner.id), &owner.into(), &message).await
}
