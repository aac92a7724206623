//! Emails about a change of somebody's own account.

use askama::Template;
use domain::account::Account;
use platform::config::Hospital;

use super::write;
use crate::{Message, RenderError};

#[derive(Template)]
#[template(path = "account-active.email")]
struct Active<'a> {
    hospital: &'a str,
    roles: &'a str,
    url: &'a str,
}

/// The account is approved and confirmed.
pub fn active(hospital: &Hospital, account: &Account) -> Result<Message, RenderError> {
    write(&Active { hospital: &hospital.name, roles: &roles_of(account), url: &hospital.portal("sign-in") })
}

#[derive(Template)]
#[template(path = "account-approved.email")]
struct Approved<'a> {
    hospital: &'a str,
    url: &'a str,
}

/// The account is approved, and its email address is still to be confirmed.
pub fn approved(hospital: &Hospital) -> Result<Message, RenderError> {
    write(&Approved { hospital: &hospital.name, url: &hospital.portal("sign-in") })
}

#[derive(Template)]
#[template(path = "account-rejected.email")]
struct Rejected<'a> {
    hospital: &'a str,
}

/// An administrator has rejected the account.
pub fn rejected(hospital: &Hospital) -> Result<Message, RenderError> {
    write(&Rejected { hospital: &hospital.name })
}

#[derive(Template)]
#[template(path = "account-suspended.email")]
struct Suspended<'a> {
    hospital: &'a str,
}

/// An administrator has suspended the account.
pub fn suspended(hospital: &Hospital) -> Result<Message, RenderError> {
    write(&Suspended { hospital: &hospital.name })
}

#[derive(Template)]
#[template(path = "account-reinstated.email")]
struct Reinstated<'a> {
    hospital: &'a str,
    url: &'a str,
}

/// An administrator has reinstated the account.
pub fn reinstated(hospital: &Hospital) -> Result<Message, RenderError> {
    write(&Reinstated { hospital: &hospital.name, url: &hospital.portal("sign-in") })
}

#[derive(Template)]
#[template(path = "account-closed.email")]
struct Closed<'a> {
    hospital: &'a str,
    is_patient: bool,
}

/// The owner has closed the account.
pub fn closed(hospital: &Hospital, account: &Account) -> Result<Message, RenderError> {
    write(&Closed { hospital: &hospital.name, is_patient: account.patient_id.is_some() })
}

#[derive(Template)]
#[template(path = "account-roles-changed.email")]
struct RolesChanged<'a> {
    hospital: &'a str,
    roles: &'a str,
}

/// An administrator has changed the account's roles.
pub fn roles_changed(hospital: &Hospital, account: &Account) -> Result<Message, RenderError> {
    write(&RolesChanged { hospital: &hospital.name, roles: &roles_of(account) })
}

#[derive(Template)]
#[template(path = "account-password-changed.email")]
struct PasswordChanged<'a> {
    hospital: &'a str,
    url: &'a str,
}

/// The account has another password.
pub fn password_changed(hospital: &Hospital) -> Result<Message, RenderError> {
    write(&PasswordChanged { hospital: &hospital.name, url: &hospital.portal("forgot") })
}

#[derive(Template)]
#[template(path = "account-name-changed.email")]
struct NameChanged<'a> {
    hospital: &'a str,
    name: &'a str,
}

/// An administrator has changed the name of a member of staff.
pub fn name_changed(hospital: &Hospital, account: &Account) -> Result<Message, RenderError> {
    write(&NameChanged { hospital: &hospital.name, name: account.name.as_str() })
}

#[derive(Template)]
#[template(path = "account-address-changed.email")]
struct AddressChanged<'a> {
    hospital: &'a str,
}

/// The account has another email address. This goes to the earlier one.
pub fn address_changed(hospital: &Hospital) -> Result<Message, RenderError> {
    write(&AddressChanged { hospital: &hospital.name })
}

fn roles_of(account: &Account) -> String {
    account.roles.iter().map(|role| role.in_words()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
pub(super) fn samples(value: &str) -> Vec<super::Sample> {
    let (hospital, roles, name, url) = (value, value, value, value);
    vec![
        ("account-active", write(&Active { hospital, roles, url })),
        ("account-approved", write(&Approved { hospital, url })),
        ("account-rejected", write(&Rejected { hospital })),
        ("account-suspended", write(&Suspended { hospital })),
        ("account-reinstated", write(&Reinstated { hospital, url })),
        ("account-closed", write(&Closed { hospital, is_patient: true })),
        ("account-closed", write(&Closed { hospital, is_patient: false })),
        ("account-roles-changed", write(&RolesChanged { hospital, roles })),
        ("account-password-changed", write(&PasswordChanged { hospital, url })),
        ("account-name-changed", write(&NameChanged { hospital, name })),
        ("account-address-changed", write(&AddressChanged { hospital })),
    ]
}
