//! Emails to people who work here about people who have registered.

use askama::Template;
use domain::{
    account::Account,
    feedback::{About, Feedback},
    patient::Patient,
    role::Role,
    text::Email,
};
use platform::config::Hospital;

use super::write;
use crate::{Message, RenderError};

#[derive(Template)]
#[template(path = "role-requested.email")]
struct RoleRequested<'a> {
    name: &'a str,
    role: &'a str,
    address: &'a str,
    url: &'a str,
}

/// To administrators: somebody asks for a role.
pub fn role_requested(hospital: &Hospital, account: &Account, role: Role) -> Result<Message, RenderError> {
    write(&RoleRequested {
        name: account.name.as_str(),
        role: &role.in_words(),
        address: account.email.as_str(),
        url: &hospital.portal(&format!("users/{}", account.id)),
    })
}

#[derive(Template)]
#[template(path = "new-patient.email")]
struct NewPatient<'a> {
    name: &'a str,
    mrn: &'a str,
    profile: &'a str,
    has_account: bool,
    url: &'a str,
}

/// To the front desk: a patient has registered, or was registered.
pub fn new_patient(hospital: &Hospital, patient: &Patient) -> Result<Message, RenderError> {
    write(&NewPatient {
        name: patient.name.as_str(),
        mrn: patient.mrn.as_str(),
        profile: &patient.id.to_string(),
        has_account: patient.user_id.is_some(),
        url: &hospital.portal(&format!("patients/{}", patient.id)),
    })
}

#[derive(Template)]
#[template(path = "address-lost.email")]
struct AddressLost<'a> {
    name: Option<&'a str>,
    address: &'a str,
    complained: bool,
    url: &'a str,
}

/// To administrators: an address is not written to any more.
pub fn address_lost(hospital: &Hospital, account: Option<&Account>, address: &Email, complained: bool) -> Result<Message, RenderError> {
    let name = account.map(|account| account.name.as_str());
    write(&AddressLost { name, address: address.as_str(), complained, url: &hospital.portal("emails") })
}

#[derive(Template)]
#[template(path = "rating-low.email")]
struct RatingLow<'a> {
    stars: &'a str,
    about: &'a str,
    when: &'a str,
    url: &'a str,
}

/// To administrators: a patient has given few stars. It says neither who, nor what the patient wrote.
pub fn rating_low(hospital: &Hospital, feedback: &Feedback) -> Result<Message, RenderError> {
    let about = match (&feedback.about, &feedback.about_name) {
        (_, Some(name)) => name.as_str().to_owned(),
        (About::Service(service), None) => format!("the {} service", service.as_str()),
        (_, None) => "the hospital".to_owned(),
    };
    let stars = match feedback.rating.stars() {
        1 => "1 star".to_owned(),
        stars => format!("{stars} stars"),
    };
    let when = hospital.instant_in_words(feedback.changed_at.unwrap_or(feedback.at));
    write(&RatingLow {
        stars: &stars,
        about: &about,
        when: &when,
        url: &hospital.portal(&format!("patients/{}/feedback/{}", feedback.patient_id, feedback.id)),
    })
}

#[cfg(test)]
pub(super) fn samples(value: &str) -> Vec<super::Sample> {
    let (name, role, address, profile, mrn, url) = (value, value, value, value, value, value);
    vec![
        ("role-requested", write(&RoleRequested { name, role, address, url })),
        ("address-lost", write(&AddressLost { name: None, address, complained: false, url })),
        ("address-lost", write(&AddressLost { name: Some(name), address, complained: true, url })),
        ("rating-low", write(&RatingLow { stars: value, about: value, when: value, url })),
        ("new-patient", write(&NewPatient { name, mrn, profile, has_account: true, url })),
    ]
}
