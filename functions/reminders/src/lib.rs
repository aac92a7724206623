//! One hour before a visit both sides are reminded, if the visit is still on.
//!
//! A schedule that fires proves nothing: the visit is read again, and unless it lies ahead at the very time that the
//! schedule was made for, nothing is sent.

use domain::appointment::Appointment;
use shared::{
    EventState,
    mail::{
        Cause, Letter, Link, MailError,
        calendar::visit_url,
        parties::{BothSides, facts_for_doctor, facts_for_patient},
    },
    reminders::ReminderDue,
};

/// Sends what is due. Scheduler delivers at least once; each letter goes out once.
pub async fn handle(state: &EventState, due: ReminderDue) -> Result<(), MailError> {
    let visit = state.store.appointment(due.appointment_id).await?;
    let Some(visit) = visit.filter(|visit| due.holds(visit, state.clock.now())) else {
        tracing::info!(appointment = %due.appointment_id, "reminder is void");
        return Ok(());
    };
    let state = state.because_of(Cause::Reminder(due));
    state.send_to_both(&visit, "reminder", letters(&state, &visit)).await
}

fn letters(state: &EventState, visit: &Appointment) -> BothSides {
    let house = &state.house;
    let starts = house.zone.to_datetime(visit.slot.start).strftime("%H:%M").to_string();
    BothSides {
        patient: Letter {
            subject: format!("Reminder: your visit to {} at {starts}", visit.doctor_name),
            paragraphs: vec![format!("Your visit begins at {starts} today. Please come ten minutes early.")],
            facts: facts_for_patient(visit, house),
            link: Some(Link { label: "See or change the visit", url: visit_url(house, visit) }),
            invitation: None,
        },
        doctor: Letter {
            subject: format!("Reminder: visit of {} at {starts}", visit.patient_name),
            paragraphs: vec![format!("A visit with you begins at {starts} today.")],
            facts: facts_for_doctor(visit, house),
            link: Some(Link { label: "Open the visit", url: visit_url(house, visit) }),
            invitation: None,
        },
    }
}
