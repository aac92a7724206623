//! Emails about an appointment, one for each side. The doctor reads who comes, not why.

use askama::Template;
use domain::{
    appointment::{Appointment, CancelledBy},
    schedule::Slot,
};
use platform::config::Hospital;

use super::write;
use crate::{
    Message, RenderError,
    calendar::{Invitation, appointment_url},
    parties::BothSides,
};

/// What emails say of an appointment: no reason, and nothing else about anybody's health.
struct Details {
    doctor: String,
    specialization: String,
    patient: String,
    mrn: String,
    /// Day and time.
    when: String,
    /// The time alone.
    starts: String,
    place: String,
    fee: String,
    /// Where the portal shows the appointment.
    url: String,
}

impl Details {
    fn of(appointment: &Appointment, hospital: &Hospital) -> Self {
        Self {
            doctor: appointment.doctor_name.to_string(),
            specialization: appointment.specialization.to_string(),
            patient: appointment.patient_name.to_string(),
            mrn: appointment.patient_mrn.to_string(),
            when: hospital.slot_in_words(appointment.slot),
            starts: hospital.zone.to_datetime(appointment.slot.start).strftime("%H:%M").to_string(),
            place: hospital.directions(appointment.place.as_ref()),
            fee: appointment.consultation_fee.to_string(),
            url: appointment_url(hospital, appointment),
        }
    }
}

/// With the invitation as it stands now, or its withdrawal, for each side.
fn with_invitations(emails: BothSides, appointment: &Appointment) -> BothSides {
    BothSides {
        patient: emails.patient.with_invitation(Invitation::for_patient(appointment)),
        doctor: emails.doctor.with_invitation(Invitation::for_doctor(appointment)),
    }
}

#[derive(Template)]
#[template(path = "appointment-booked-for-patient.email")]
struct BookedForPatient<'a> {
    appointment: &'a Details,
}

#[derive(Template)]
#[template(path = "appointment-booked-for-doctor.email")]
struct BookedForDoctor<'a> {
    appointment: &'a Details,
}

/// The appointment was booked.
pub fn booked(hospital: &Hospital, appointment: &Appointment) -> Result<BothSides, RenderError> {
    let details = &Details::of(appointment, hospital);
    let emails = BothSides {
        patient: write(&BookedForPatient { appointment: details })?,
        doctor: write(&BookedForDoctor { appointment: details })?,
    };
    Ok(with_invitations(emails, appointment))
}

#[derive(Template)]
#[template(path = "appointment-moved-for-patient.email")]
struct MovedForPatient<'a> {
    appointment: &'a Details,
    before: &'a str,
}

#[derive(Template)]
#[template(path = "appointment-moved-for-doctor.email")]
struct MovedForDoctor<'a> {
    appointment: &'a Details,
    before: &'a str,
}

/// The appointment was moved from another time.
pub fn moved(hospital: &Hospital, from: Slot, appointment: &Appointment) -> Result<BothSides, RenderError> {
    let (details, before) = (&Details::of(appointment, hospital), &hospital.slot_in_words(from));
    let emails = BothSides {
        patient: write(&MovedForPatient { appointment: details, before })?,
        doctor: write(&MovedForDoctor { appointment: details, before })?,
    };
    Ok(with_invitations(emails, appointment))
}

#[derive(Template)]
#[template(path = "appointment-needs-new-time.email")]
struct NeedsNewTime<'a> {
    appointment: &'a Details,
    free: &'a [String],
    same_doctor: bool,
}

/// To the patient: the appointment cannot take place as booked. `free` are the next free times, in words, of the same doctor or of others.
pub fn needs_new_time(hospital: &Hospital, appointment: &Appointment, free: &[String], same_doctor: bool) -> Result<Message, RenderError> {
    write(&NeedsNewTime { appointment: &Details::of(appointment, hospital), free, same_doctor })
}

#[derive(Template)]
#[template(path = "appointment-needs-new-time-for-front-desk.email")]
struct NeedsNewTimeForFrontDesk<'a> {
    appointment: &'a Details,
    free: &'a [String],
}

/// To the front desk, when the patient cannot be reached by email.
pub fn needs_new_time_for_front_desk(hospital: &Hospital, appointment: &Appointment, free: &[String]) -> Result<Message, RenderError> {
    write(&NeedsNewTimeForFrontDesk { appointment: &Details::of(appointment, hospital), free })
}

#[derive(Template)]
#[template(path = "appointment-place-changed.email")]
struct PlaceChanged<'a> {
    appointment: &'a Details,
}

/// To the patient: the appointment takes place elsewhere.
pub fn place_changed(hospital: &Hospital, appointment: &Appointment) -> Result<Message, RenderError> {
    let email = write(&PlaceChanged { appointment: &Details::of(appointment, hospital) })?;
    Ok(email.with_invitation(Invitation::for_patient(appointment)))
}

#[derive(Template)]
#[template(path = "appointment-takes-place.email")]
struct TakesPlace<'a> {
    appointment: &'a Details,
}

/// To the patient: the appointment can take place after all.
pub fn takes_place(hospital: &Hospital, appointment: &Appointment) -> Result<Message, RenderError> {
    write(&TakesPlace { appointment: &Details::of(appointment, hospital) })
}

#[derive(Template)]
#[template(path = "appointment-cancelled-for-patient.email")]
struct CancelledForPatient<'a> {
    appointment: &'a Details,
    by: CancelledBy,
    book_url: &'a str,
}

#[derive(Template)]
#[template(path = "appointment-cancelled-for-doctor.email")]
struct CancelledForDoctor<'a> {
    appointment: &'a Details,
    by: CancelledBy,
}

/// The appointment was cancelled.
pub fn cancelled(hospital: &Hospital, appointment: &Appointment, by: CancelledBy) -> Result<BothSides, RenderError> {
    let (details, book_url) = (&Details::of(appointment, hospital), &hospital.portal(&format!("doctors/{}", appointment.doctor_id)));
    let emails = BothSides {
        patient: write(&CancelledForPatient { appointment: details, by, book_url })?,
        doctor: write(&CancelledForDoctor { appointment: details, by })?,
    };
    Ok(with_invitations(emails, appointment))
}

#[derive(Template)]
#[template(path = "appointment-reminder-for-patient.email")]
struct ReminderForPatient<'a> {
    appointment: &'a Details,
}

#[derive(Template)]
#[template(path = "appointment-reminder-for-doctor.email")]
struct ReminderForDoctor<'a> {
    appointment: &'a Details,
}

/// The appointment is soon.
pub fn reminder(hospital: &Hospital, appointment: &Appointment) -> Result<BothSides, RenderError> {
    let details = &Details::of(appointment, hospital);
    Ok(BothSides {
        patient: write(&ReminderForPatient { appointment: details })?,
        doctor: write(&ReminderForDoctor { appointment: details })?,
    })
}

#[cfg(test)]
pub(super) fn samples(value: &str) -> Vec<super::Sample> {
    let [doctor, specialization, patient, mrn, when, starts, place, fee, url] = [(); 9].map(|()| value.to_owned());
    let appointment = &Details { doctor, specialization, patient, mrn, when, starts, place, fee, url };
    let (before, book_url) = (value, value);
    let mut samples = vec![
        ("appointment-booked-for-patient", write(&BookedForPatient { appointment })),
        ("appointment-booked-for-doctor", write(&BookedForDoctor { appointment })),
        ("appointment-moved-for-patient", write(&MovedForPatient { appointment, before })),
        ("appointment-moved-for-doctor", write(&MovedForDoctor { appointment, before })),
        ("appointment-needs-new-time", write(&NeedsNewTime { appointment, free: &[], same_doctor: false })),
        (
            "appointment-needs-new-time",
            write(&NeedsNewTime { appointment, free: &[value.to_owned(), value.to_owned()], same_doctor: true }),
        ),
        ("appointment-needs-new-time-for-front-desk", write(&NeedsNewTimeForFrontDesk { appointment, free: &[value.to_owned()] })),
        ("appointment-place-changed", write(&PlaceChanged { appointment })),
        ("appointment-takes-place", write(&TakesPlace { appointment })),
        ("appointment-reminder-for-patient", write(&ReminderForPatient { appointment })),
        ("appointment-reminder-for-doctor", write(&ReminderForDoctor { appointment })),
    ];
    for by in [CancelledBy::Patient, CancelledBy::Doctor, CancelledBy::FrontDesk] {
        samples.push(("appointment-cancelled-for-patient", write(&CancelledForPatient { appointment, by, book_url })));
        samples.push(("appointment-cancelled-for-doctor", write(&CancelledForDoctor { appointment, by })));
    }
    samples
}
