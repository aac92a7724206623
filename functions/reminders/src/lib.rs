//! One hour before an appointment both sides are reminded, if the appointment is still on.
//!
//! A schedule that fires proves nothing: the appointment is read again, and unless it lies ahead at the very time that the
//! schedule was made for, nothing is sent.

use domain::appointment::Appointment;
use mail::{
    Cause, EventState, Link, MailError, Message,
    calendar::appointment_url,
    parties::{BothSides, facts_for_doctor, facts_for_patient},
    reminders::ReminderDue,
};

/// Sends what is due. Scheduler delivers at least once; each email goes out once.
pub async fn handle(state: &EventState, due: ReminderDue) -> Result<(), MailError> {
    let appointment = state.store.appointment(due.appointment_id).await?;
    let Some(appointment) = appointment.filter(|appointment| due.holds(appointment, state.clock.now())) else {
        tracing::info!(appointment = %due.appointment_id, "reminder is void");
        return Ok(());
    };
    let state = state.because_of(Cause::Reminder(due));
    state.send_to_both(&appointment, "reminder", messages(&state, &appointment)).await
}

fn messages(state: &EventState, appointment: &Appointment) -> BothSides {
    let hospital = &state.hospital;
    let starts = hospital.zone.to_datetime(appointment.slot.start).strftime("%H:%M").to_string();
    BothSides {
        patient: Message {
            subject: format!("Reminder: your appointment with {} at {starts}", appointment.doctor_name),
            paragraphs: vec![format!("Your appointment begins at {starts} today. Please come ten minutes early.")],
            facts: facts_for_patient(appointment, hospital),
            link: Some(Link { label: "See or change the appointment", url: appointment_url(hospital, appointment) }),
            invitation: None,
        },
        doctor: Message {
            subject: format!("Reminder: appointment with {} at {starts}", appointment.patient_name),
            paragraphs: vec![format!("An appointment with you begins at {starts} today.")],
            facts: facts_for_doctor(appointment, hospital),
            link: Some(Link { label: "Open the appointment", url: appointment_url(hospital, appointment) }),
            invitation: None,
        },
    }
}
