//! The receptionist on duty, if there is one, is told that a new patient registered.

use domain::{patient::Patient, role::Role};
use mail::{EventState, Link, MailError, Message};

pub(crate) async fn tell_front_desk(state: &EventState, patient: &Patient) -> Result<(), MailError> {
    // On duty when it happened: this record may come late.
    let Some(shift) = state.store.shift_on_duty(Role::Receptionist, patient.registered_at).await? else { return Ok(()) };
    let Some(receptionist) = state.colleague(shift.user_id, Role::Receptionist).await? else { return Ok(()) };
    let message = Message {
        subject: "A new patient registered".to_owned(),
        paragraphs: vec!["A patient has opened an account and a record. Please check their identity at the first appointment.".to_owned()],
        facts: vec![("Patient", patient.name.to_string()), ("Record", patient.id.to_string())],
        link: Some(Link { label: "Open the record", url: state.hospital.portal(&format!("patients/{}", patient.id)) }),
        ..Message::default()
    };
    state.mailer.send(&format!("{}-registered-front-desk", patient.id), &receptionist, &message).await
}
