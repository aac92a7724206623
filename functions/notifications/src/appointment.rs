//! An appointment was booked, moved or called off: both sides get an invitation, and the reminder follows.

use domain::appointment::{Appointment, CancelledBy, Status};
use mail::{
    Link, Message,
    calendar::appointment_url,
    parties::{BothSides, facts_for_doctor, facts_for_patient, invitations},
};

use crate::{Failure, Notifications};

pub(crate) async fn follow(state: &Notifications, before: Option<&Appointment>, after: &Appointment) -> Result<(), Failure> {
    // The reminder first: it matters more than an email that may have to be sent again.
    let current = state.base.store.appointment(after.id).await?;
    state.reminders.follow(current.as_ref().unwrap_or(after), state.base.clock.now()).await?;

    match before {
        None => state.base.send_to_both(after, "booked", booked(state, after)).await?,
        Some(before) if before.sequence == after.sequence => {}
        Some(before) => match &after.status {
            Status::Cancelled { by, .. } => state.base.send_to_both(after, "cancelled", cancelled(state, after, *by)).await?,
            _ => state.base.send_to_both(after, "moved", moved(state, before, after)).await?,
        },
    }
    Ok(())
}

fn booked(state: &Notifications, appointment: &Appointment) -> BothSides {
    let hospital = &state.base.hospital;
    let (for_patient, for_doctor) = invitations(appointment);
    BothSides {
        patient: Message {
            subject: format!("Your appointment with {} is booked", appointment.doctor_name),
            paragraphs: vec![
                "Your appointment is booked. Please come ten minutes early and bring a document that shows who you are.".to_owned(),
                "If you cannot come, please cancel or move the appointment, so that somebody else can have the time.".to_owned(),
            ],
            facts: [facts_for_patient(appointment, hospital), vec![("Fee", appointment.consultation_fee.to_string())]].concat(),
            link: Some(Link { label: "See or change the appointment", url: appointment_url(hospital, appointment) }),
            invitation: Some(for_patient),
        },
        doctor: Message {
            subject: format!("New appointment: {}", hospital.slot_in_words(appointment.slot)),
            paragraphs: vec!["A patient has booked an appointment with you.".to_owned()],
            facts: facts_for_doctor(appointment, hospital),
            link: Some(Link { label: "Open the appointment", url: appointment_url(hospital, appointment) }),
            invitation: Some(for_doctor),
        },
    }
}

fn moved(state: &Notifications, before: &Appointment, appointment: &Appointment) -> BothSides {
    let hospital = &state.base.hospital;
    let (for_patient, for_doctor) = invitations(appointment);
    let earlier = ("Before", hospital.slot_in_words(before.slot));
    BothSides {
        patient: Message {
            subject: format!("Your appointment with {} has moved", appointment.doctor_name),
            paragraphs: vec!["Your appointment has a new time. The invitation in this message replaces the earlier one.".to_owned()],
            facts: [facts_for_patient(appointment, hospital), vec![earlier.clone()]].concat(),
            link: Some(Link { label: "See or change the appointment", url: appointment_url(hospital, appointment) }),
            invitation: Some(for_patient),
        },
        doctor: Message {
            subject: format!("Appointment moved: {}", hospital.slot_in_words(appointment.slot)),
            paragraphs: vec!["An appointment with you has a new time. The invitation in this message replaces the earlier one.".to_owned()],
            facts: [facts_for_doctor(appointment, hospital), vec![earlier]].concat(),
            link: Some(Link { label: "Open the appointment", url: appointment_url(hospital, appointment) }),
            invitation: Some(for_doctor),
        },
    }
}

fn cancelled(state: &Notifications, appointment: &Appointment, by: CancelledBy) -> BothSides {
    let hospital = &state.base.hospital;
    let (for_patient, for_doctor) = invitations(appointment);
    let (to_patient, to_doctor) = match by {
        CancelledBy::Patient => {
            ("As you asked, your appointment is cancelled.", "The patient has cancelled this appointment. The time is free again.")
        }
        CancelledBy::Doctor => (
            "We are sorry: the doctor had to cancel your appointment.",
            "As you asked, this appointment is cancelled. The time is free again.",
        ),
        CancelledBy::FrontDesk => {
            ("The front desk has cancelled your appointment.", "The front desk has cancelled this appointment. The time is free again.")
        }
    };
    BothSides {
        patient: Message {
            subject: format!("Your appointment with {} is cancelled", appointment.doctor_name),
            paragraphs: vec![to_patient.to_owned(), "You can book another time whenever you like.".to_owned()],
            facts: facts_for_patient(appointment, hospital),
            link: Some(Link { label: "Book another appointment", url: hospital.portal(&format!("doctors/{}", appointment.doctor_id)) }),
            invitation: Some(for_patient),
        },
        doctor: Message {
            subject: format!("Appointment cancelled: {}", hospital.slot_in_words(appointment.slot)),
            paragraphs: vec![to_doctor.to_owned()],
            facts: facts_for_doctor(appointment, hospital),
            link: None,
            invitation: Some(for_doctor),
        },
    }
}
