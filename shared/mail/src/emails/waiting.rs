//! Emails about a slot that is held for somebody on the waiting list.

use askama::Template;
use domain::waiting::{Offer, Wait};
use platform::config::Hospital;

use super::write;
use crate::{Message, RenderError};

/// What emails say of an offer: not why the patient comes.
struct Details {
    doctor: String,
    patient: String,
    mrn: String,
    when: String,
    held_until: String,
    /// Where the portal shows the offer.
    url: String,
}

impl Details {
    fn of(wait: &Wait, offer: &Offer, hospital: &Hospital) -> Self {
        Self {
            doctor: offer.doctor_name.to_string(),
            patient: wait.patient_name.to_string(),
            mrn: wait.patient_mrn.to_string(),
            when: hospital.slot_in_words(offer.slot),
            held_until: hospital.instant_in_words(offer.until),
            url: hospital.portal(&format!("waiting-list/{}", wait.id)),
        }
    }
}

#[derive(Template)]
#[template(path = "waiting-list-offer.email")]
struct ForPatient<'a> {
    offer: &'a Details,
}

/// To the patient, or to the guardian who acts for them.
pub fn offer(hospital: &Hospital, wait: &Wait, offer: &Offer) -> Result<Message, RenderError> {
    write(&ForPatient { offer: &Details::of(wait, offer, hospital) })
}

#[derive(Template)]
#[template(path = "waiting-list-offer-for-front-desk.email")]
struct ForFrontDesk<'a> {
    offer: &'a Details,
}

/// To the front desk, when the patient cannot be reached by email.
pub fn offer_for_front_desk(hospital: &Hospital, wait: &Wait, offer: &Offer) -> Result<Message, RenderError> {
    write(&ForFrontDesk { offer: &Details::of(wait, offer, hospital) })
}

#[cfg(test)]
pub(super) fn samples(value: &str) -> Vec<super::Sample> {
    let [doctor, patient, mrn, when, held_until, url] = [(); 6].map(|()| value.to_owned());
    let offer = &Details { doctor, patient, mrn, when, held_until, url };
    vec![("waiting-list-offer", write(&ForPatient { offer })), ("waiting-list-offer-for-front-desk", write(&ForFrontDesk { offer }))]
}
