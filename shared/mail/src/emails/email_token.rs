//! Emails that bring a token, and the one that is sent instead of a welcome.

use askama::Template;
use domain::account::Account;
use jiff::Timestamp;
use platform::config::Hospital;
use secrecy::{ExposeSecret, SecretString};

use super::write;
use crate::{Message, RenderError};

/// What an email's link carries.
#[derive(Debug)]
pub struct Carried<'a> {
    pub hospital: &'a Hospital,
    pub token: SecretString,
    pub until: Timestamp,
}

impl Carried<'_> {
    fn url(&self, page: &str) -> String {
        format!("{}#token={}", self.hospital.portal(page), self.token.expose_secret())
    }

    fn until(&self) -> String {
        self.hospital.instant_in_words(self.until)
    }
}

#[derive(Template)]
#[template(path = "sign-in.email")]
struct SignIn<'a> {
    hospital: &'a str,
    confirms_address: bool,
    until: &'a str,
    url: &'a str,
}

/// Signs in whoever opens it. If nobody has shown yet that the address is theirs, that does.
pub fn sign_in(carried: &Carried<'_>, confirms_address: bool) -> Result<Message, RenderError> {
    write(&SignIn { hospital: &carried.hospital.name, confirms_address, until: &carried.until(), url: &carried.url("sign-in") })
}

#[derive(Template)]
#[template(path = "new-password.email")]
struct NewPassword<'a> {
    hospital: &'a str,
    until: &'a str,
    url: &'a str,
}

/// Lets whoever opens it choose another password.
pub fn new_password(carried: &Carried<'_>) -> Result<Message, RenderError> {
    write(&NewPassword { hospital: &carried.hospital.name, until: &carried.until(), url: &carried.url("password") })
}

#[derive(Template)]
#[template(path = "confirm-address.email")]
struct ConfirmAddress<'a> {
    hospital: &'a str,
    until: &'a str,
    url: &'a str,
}

/// Shows that the address is its owner's.
pub fn confirm_address(carried: &Carried<'_>) -> Result<Message, RenderError> {
    write(&ConfirmAddress { hospital: &carried.hospital.name, until: &carried.until(), url: &carried.url("confirm") })
}

#[derive(Template)]
#[template(path = "invitation.email")]
struct Invitation<'a> {
    hospital: &'a str,
    address: &'a str,
    role: Option<&'a str>,
    until: &'a str,
    url: &'a str,
}

/// To somebody for whom an administrator has opened an account.
pub fn invitation(carried: &Carried<'_>, account: &Account) -> Result<Message, RenderError> {
    write(&Invitation {
        hospital: &carried.hospital.name,
        address: account.email.as_str(),
        role: role_of(account).as_deref(),
        until: &carried.until(),
        url: &carried.url("password"),
    })
}

#[derive(Template)]
#[template(path = "invitation-patient.email")]
struct InvitationPatient<'a> {
    hospital: &'a str,
    address: &'a str,
    until: &'a str,
    url: &'a str,
}

/// To a patient for whom the front desk has opened an account.
pub fn invitation_for_patient(carried: &Carried<'_>, account: &Account) -> Result<Message, RenderError> {
    write(&InvitationPatient {
        hospital: &carried.hospital.name,
        address: account.email.as_str(),
        until: &carried.until(),
        url: &carried.url("password"),
    })
}

#[derive(Template)]
#[template(path = "welcome-patient.email")]
struct WelcomePatient<'a> {
    hospital: &'a str,
    address: &'a str,
    until: &'a str,
    url: &'a str,
}

/// To a patient who has registered.
pub fn welcome_patient(carried: &Carried<'_>, account: &Account) -> Result<Message, RenderError> {
    write(&WelcomePatient {
        hospital: &carried.hospital.name,
        address: account.email.as_str(),
        until: &carried.until(),
        url: &carried.url("confirm"),
    })
}

#[derive(Template)]
#[template(path = "welcome-staff.email")]
struct WelcomeStaff<'a> {
    hospital: &'a str,
    address: &'a str,
    role: Option<&'a str>,
    until: &'a str,
    url: &'a str,
}

/// To somebody who has registered in a role that an administrator decides about.
pub fn welcome_staff(carried: &Carried<'_>, account: &Account) -> Result<Message, RenderError> {
    write(&WelcomeStaff {
        hospital: &carried.hospital.name,
        address: account.email.as_str(),
        role: role_of(account).as_deref(),
        until: &carried.until(),
        url: &carried.url("confirm"),
    })
}

#[derive(Template)]
#[template(path = "already-registered.email")]
struct AlreadyRegistered<'a> {
    hospital: &'a str,
    url: &'a str,
}

/// To the owner of an account, when somebody registers with its address.
pub fn already_registered(hospital: &Hospital) -> Result<Message, RenderError> {
    write(&AlreadyRegistered { hospital: &hospital.name, url: &hospital.portal("sign-in") })
}

fn role_of(account: &Account) -> Option<String> {
    account.requested_role.map(domain::role::Role::in_words)
}

#[cfg(test)]
pub(super) fn samples(value: &str) -> Vec<super::Sample> {
    let (hospital, address, until, url) = (value, value, value, value);
    vec![
        ("sign-in", write(&SignIn { hospital, confirms_address: false, until, url })),
        ("sign-in", write(&SignIn { hospital, confirms_address: true, until, url })),
        ("new-password", write(&NewPassword { hospital, until, url })),
        ("confirm-address", write(&ConfirmAddress { hospital, until, url })),
        ("invitation-patient", write(&InvitationPatient { hospital, address, until, url })),
        ("invitation", write(&Invitation { hospital, address, role: None, until, url })),
        ("invitation", write(&Invitation { hospital, address, role: Some(value), until, url })),
        ("welcome-patient", write(&WelcomePatient { hospital, address, until, url })),
        ("welcome-staff", write(&WelcomeStaff { hospital, address, role: None, until, url })),
        ("welcome-staff", write(&WelcomeStaff { hospital, address, role: Some(value), until, url })),
        ("already-registered", write(&AlreadyRegistered { hospital, url })),
    ]
}
