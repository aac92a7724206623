//! A new account is welcomed.

use domain::account::Account;
use shared::{
    EventState,
    mail::{Letter, Link, MailError},
};

pub(crate) async fn send(state: &EventState, account: Account) -> Result<(), MailError> {
    let house = &state.house;
    let next = if account.patient_id.is_some() {
        "You can now choose a doctor, see when they are free, and book your visit."
    } else {
        "You can now sign in and begin your work."
    };
    let letter = Letter {
        subject: format!("Welcome to {}", house.name),
        paragraphs: vec![
            format!("Welcome to {}. Your account is open under the address {}.", house.name, account.email),
            next.to_owned(),
            "If you did not open this account, please tell the front desk.".to_owned(),
        ],
        link: Some(Link { label: "Sign in", url: house.portal_url.clone() }),
        ..Letter::default()
    };
    state.mailer.send(&format!("{}-welcome", account.id), &account.into(), &letter).await
}
