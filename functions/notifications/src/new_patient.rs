//! The receptionist on duty, if there is one, is told that a new patient registered.

use domain::{patient::Patient, role::Role};
use mail::{EventState, MailError, emails::staff};

pub(crate) async fn tell_front_desk(state: &EventState, patient: &Patient) -> Result<(), MailError> {
    // On duty when it happened: this record may come late.
    let Some(receptionist) = state.on_duty(Role::Receptionist, patient.registered_at).await? else { return Ok(()) };
    let email = staff::new_patient(&state.hospital, patient)?;
    state.mailer.send(&format!("{}-registered-front-desk", patient.id), &receptionist, &email).await
}
