//! Emails about prescriptions. They do not say what is prescribed or asked for.

use askama::Template;
use platform::config::Hospital;

use super::write;
use crate::{Message, RenderError, record_news::RecordNews};

/// What became of a prescription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrescriptionNews {
    Prescribed,
    Changed,
    Stopped,
}

use PrescriptionNews::{Changed, Prescribed, Stopped};

#[derive(Template)]
#[template(path = "prescription-changed.email")]
struct PrescriptionChanged<'a> {
    doctor: &'a str,
    patient: &'a str,
    what: &'a str,
    news: PrescriptionNews,
    url: &'a str,
}

/// To the patient: a prescription is new, has changed, or was stopped. `what` is `a medicine` or `a lab test`.
pub fn changed(hospital: &Hospital, about: &RecordNews, patient: &str, what: &str, news: PrescriptionNews) -> Result<Message, RenderError> {
    let (doctor, url) = (about.doctor_name.as_str(), &hospital.portal(&format!("prescriptions/{}", about.id)));
    write(&PrescriptionChanged { doctor, patient, what, news, url })
}

#[derive(Template)]
#[template(path = "prescription-requested.email")]
struct Requested<'a> {
    patient: &'a str,
    asked: &'a str,
    refill: bool,
    url: &'a str,
}

/// To the doctor: a patient asks for a prescription.
pub fn requested(hospital: &Hospital, about: &RecordNews, patient: &str, refill: bool) -> Result<Message, RenderError> {
    let (asked, url) = (&hospital.instant_in_words(about.at), &hospital.portal(&format!("prescription-requests/{}", about.id)));
    write(&Requested { patient, asked, refill, url })
}

#[derive(Template)]
#[template(path = "prescription-request-declined.email")]
struct Declined<'a> {
    doctor: &'a str,
    patient: &'a str,
    url: &'a str,
}

/// To the patient: the doctor has not prescribed.
pub fn declined(hospital: &Hospital, about: &RecordNews, patient: &str) -> Result<Message, RenderError> {
    let url = &hospital.portal(&format!("prescription-requests/{}", about.id));
    write(&Declined { doctor: about.doctor_name.as_str(), patient, url })
}

#[cfg(test)]
pub(super) fn samples(value: &str) -> Vec<super::Sample> {
    let mut samples = Vec::new();
    for news in [Prescribed, Changed, Stopped] {
        let email = PrescriptionChanged { doctor: value, patient: value, what: value, news, url: value };
        samples.push(("prescription-changed", write(&email)));
    }
    for refill in [false, true] {
        samples.push(("prescription-requested", write(&Requested { patient: value, asked: value, refill, url: value })));
    }
    samples.push(("prescription-request-declined", write(&Declined { doctor: value, patient: value, url: value })));
    samples
}
