//! An account changed: its owner hears of what others decided, and of what could be somebody else's doing.

use domain::{
    account::{Account, Status},
    role::Role,
};
use mail::{EventState, Link, MailError, Message};
use store::accounts::StoredAccount;

pub(crate) async fn tell(state: &EventState, before: &StoredAccount, after: &StoredAccount) -> Result<(), MailError> {
    let (was, is) = (&before.account, &after.account);
    let mut messages: Vec<_> = decision(state, was, is).into_iter().collect();
    if before.password_hash.is_some() && after.password_hash.is_some() && before.password_hash != after.password_hash {
        messages.push(("password", password_changed(state)));
    }
    let is_staff = is.roles.iter().chain(&is.requested_role).any(|role| role.is_staff());
    if was.name != is.name && is_staff {
        messages.push(("name", name_changed(state, is)));
    }
    if was.email != is.email {
        messages.push(("address", address_changed(state)));
    }
    for (what, message) in messages {
        // To the address that it had: whoever took an account over would give it another.
        state.mailer.send(&format!("{}-v{}-{what}", is.id, is.version), &was.clone().into(), &message).await?;
    }
    Ok(())
}

/// What was decided about the account, if something was.
fn decision(state: &EventState, was: &Account, is: &Account) -> Option<(&'static str, Message)> {
    let hospital = &state.hospital;
    let sign_in = || Some(Link { label: "Sign in", url: hospital.portal("sign-in") });
    let message = |subject: &str, paragraphs: &[&str]| Message {
        subject: format!("{subject} at {}", hospital.name),
        paragraphs: paragraphs.iter().map(|text| (*text).to_owned()).collect(),
        ..Message::default()
    };
    let (what, message) = match (was.status, is.status) {
        (Status::Pending | Status::Rejected, Status::Active) => (
            "active",
            Message {
                facts: vec![("Role", spoken(is))],
                link: sign_in(),
                ..message(
                    "Your account is active",
                    &["Your account is approved and active. Sign in, or refresh the page where you are signed in."],
                )
            },
        ),
        (_, Status::Pending) if is.approved && !was.approved => (
            "approved",
            Message {
                link: sign_in(),
                ..message(
                    "Your account is approved",
                    &[
                        "One step is left: confirm your address with the link in our welcome email, signed in to your account. If the link is too old, have another one sent from your account.",
                    ],
                )
            },
        ),
        (Status::Pending, Status::Rejected) => (
            "rejected",
            message(
                "Your request for an account",
                &[
                    "An administrator has not approved your role here. If you think that this is a mistake, please speak to the administration.",
                ],
            ),
        ),
        (Status::Active, Status::Suspended) => (
            "suspended",
            message(
                "Your account is suspended",
                &[
                    "An administrator has suspended your account, and you are signed out. If you think that this is a mistake, please speak to the administration.",
                ],
            ),
        ),
        (Status::Suspended, Status::Active) => (
            "reinstated",
            Message { link: sign_in(), ..message("Your account is back", &["Your account is active again. Please sign in."]) },
        ),
        (Status::Active, Status::Active) if was.roles != is.roles => (
            "roles",
            Message {
                facts: vec![("Roles", spoken(is))],
                ..message("Your roles have changed", &["An administrator has changed what you may act as."])
            },
        ),
        (_, Status::Closed) if was.status != Status::Closed => (
            "closed",
            message(
                "Your account is closed",
                &[
                    "As you asked, your account is closed, and we write to this address no more.",
                    "A patient's record is kept for as long as the law asks for. You can open a new account at any time.",
                ],
            ),
        ),
        _ => return None,
    };
    Some((what, message))
}

fn spoken(account: &Account) -> String {
    account.roles.iter().map(|role: &Role| role.in_words()).collect::<Vec<_>>().join(", ")
}

fn password_changed(state: &EventState) -> Message {
    Message {
        subject: format!("Your password at {} has changed", state.hospital.name),
        paragraphs: vec![
            "The password of your account was changed just now, and every sign-in of before has ended.".to_owned(),
            "If that was not you, choose a new one at once with \u{201c}forgot password\u{201d}, and tell the hospital.".to_owned(),
        ],
        link: Some(Link { label: "Forgot password", url: state.hospital.portal("forgot") }),
        ..Message::default()
    }
}

fn name_changed(state: &EventState, is: &Account) -> Message {
    Message {
        subject: format!("Your name at {} has changed", state.hospital.name),
        paragraphs: vec![
            "An administrator has changed the name of your account. Patients and colleagues see the new name from now on.".to_owned(),
            "If it is wrong, please speak to the administration.".to_owned(),
        ],
        facts: vec![("Name", is.name.to_string())],
        ..Message::default()
    }
}

fn address_changed(state: &EventState) -> Message {
    Message {
        subject: format!("Your address at {} has changed", state.hospital.name),
        paragraphs: vec![
            "Your account has another email address now, and we write to this one no more.".to_owned(),
            "If that was not you, please call the hospital at once.".to_owned(),
        ],
        ..Message::default()
    }
}
