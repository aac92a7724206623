//! An appointment as this API shows it: in full, and as a line in a list.

use domain::{
    appointment::{Appointment, CancelledBy, Status, Undone},
    availability::Because,
    id::{AppointmentId, DoctorId, PatientId, UserId},
    instant::Instant,
    mrn::Mrn,
    text::{PersonName, Place, Reason, Specialization},
};
use http::{MoneyBody, Versioned};
use platform::config::Hospital;
use serde::Serialize;
use store::appointments::AgendaEntry;
use utoipa::ToSchema;

/// An appointment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppointmentView {
    id: AppointmentId,
    patient: PersonRef,
    doctor: DoctorRef,
    starts_at: Instant,
    ends_at: Instant,
    #[schema(value_type = Status)]
    status: &'static str,
    /// Why the patient comes, in their own words.
    reason: Reason,
    /// The fee at the time of booking.
    consultation_fee: MoneyBody,
    /// Where in the hospital it takes place.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
    booked_at: Instant,
    /// When the arrival, completion, cancellation or no-show was noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_at: Option<Instant>,
    /// Who cancelled it.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled_by: Option<CancelledBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancellation_reason: Option<Reason>,
    /// Why it takes place outside the doctor's slots, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    extra_because: Option<Reason>,
    /// Why it cannot take place at this time, if so. The patient has been asked to choose another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    needs_new_time: Option<Because>,
    /// When the patient arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    arrived_at: Option<Instant>,
    /// What was noted by mistake and taken back, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    undone: Vec<UndoneView>,
}

/// A note that was taken back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UndoneView {
    /// `arrived`, `completed` or `no_show`.
    #[schema(value_type = Status)]
    status: String,
    noted_at: Instant,
    /// When it was taken back.
    at: Instant,
    /// The member of staff who took it back.
    staff_id: UserId,
    reason: Reason,
}

/// A line in a list of appointments.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppointmentSummary {
    id: AppointmentId,
    patient: PersonRef,
    doctor: DoctorRef,
    starts_at: Instant,
    ends_at: Instant,
    #[schema(value_type = Status)]
    status: String,
    /// Only in a doctor's list.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// Why it cannot take place at this time, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    needs_new_time: Option<Because>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonRef {
    id: PatientId,
    mrn: Mrn,
    name: PersonName,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DoctorRef {
    id: DoctorId,
    name: PersonName,
    specialization: Specialization,
}

impl PersonRef {
    pub(crate) fn new(id: PatientId, mrn: Mrn, name: PersonName) -> Self {
        Self { id, mrn, name }
    }
}

impl DoctorRef {
    pub(crate) fn new(id: DoctorId, name: PersonName, specialization: Specialization) -> Self {
        Self { id, name, specialization }
    }
}

pub(crate) fn view(appointment: Appointment, hospital: &Hospital) -> Versioned<AppointmentView> {
    let status = appointment.status.as_str();
    let (status_at, cancelled_by, cancellation_reason) = match appointment.status {
        Status::Scheduled | Status::Rescheduled => (None, None, None),
        Status::Arrived { at } | Status::Completed { at } | Status::NoShow { at } => (Some(at), None, None),
        Status::Cancelled { at, by, reason } => (Some(at), Some(by), reason),
    };
    Versioned {
        version: appointment.version,
        body: AppointmentView {
            id: appointment.id,
            patient: PersonRef::new(appointment.patient_id, appointment.patient_mrn, appointment.patient_name),
            doctor: DoctorRef::new(appointment.doctor_id, appointment.doctor_name, appointment.specialization),
            starts_at: hospital.instant(appointment.slot.start),
            ends_at: hospital.instant(appointment.slot.end),
            status,
            reason: appointment.reason,
            place: appointment.place,
            consultation_fee: appointment.consultation_fee.into(),
            booked_at: hospital.instant(appointment.booked_at),
            status_at: status_at.map(|at| hospital.instant(at)),
            cancelled_by,
            cancellation_reason,
            extra_because: appointment.extra_because,
            needs_new_time: appointment.needs_new_time,
            arrived_at: appointment.arrived_at.map(|at| hospital.instant(at)),
            undone: appointment.undone.into_iter().map(|undone| undone_view(undone, hospital)).collect(),
        },
    }
}

fn undone_view(undone: Undone, hospital: &Hospital) -> UndoneView {
    UndoneView {
        status: undone.status,
        noted_at: hospital.instant(undone.noted_at),
        at: hospital.instant(undone.at),
        staff_id: undone.by,
        reason: undone.reason,
    }
}

pub(crate) fn summary(entry: AgendaEntry, hospital: &Hospital) -> AppointmentSummary {
    AppointmentSummary {
        id: entry.id,
        patient: PersonRef::new(entry.patient_id, entry.patient_mrn, entry.patient_name),
        doctor: DoctorRef::new(entry.doctor_id, entry.doctor_name, entry.specialization),
        starts_at: hospital.instant(entry.slot.start),
        ends_at: hospital.instant(entry.slot.end),
        status: entry.status,
        reason: entry.reason,
        needs_new_time: entry.needs_new_time,
    }
}
