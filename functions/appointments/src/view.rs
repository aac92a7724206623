//! A visit as this API shows it: whole, and as a line in a list.

use domain::{
    appointment::{Appointment, CancelledBy, Status},
    id::{AppointmentId, DoctorId, PatientId},
    text::{PersonName, Reason, Specialization},
};
use serde::Serialize;
use shared::{
    config::House,
    http::{Instant, MoneyBody, Versioned},
    store::appointments::AgendaEntry,
};
use utoipa::ToSchema;

/// A visit.
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
    /// As it was when the visit was booked.
    consultation_fee: MoneyBody,
    booked_at: Instant,
    /// When the patient arrived, the visit ended, or it was called off or missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_at: Option<Instant>,
    /// Who called it off.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled_by: Option<CancelledBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancellation_reason: Option<Reason>,
}

/// A line in a list of visits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppointmentSummary {
    id: AppointmentId,
    patient: PersonRef,
    doctor: DoctorRef,
    starts_at: Instant,
    ends_at: Instant,
    #[schema(value_type = Status)]
    status: String,
    /// In a doctor's list.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonRef {
    id: PatientId,
    name: PersonName,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DoctorRef {
    id: DoctorId,
    name: PersonName,
    specialization: Specialization,
}

pub(crate) fn view(visit: Appointment, house: &House) -> Versioned<AppointmentView> {
    let status = visit.status.as_str();
    let (status_at, cancelled_by, cancellation_reason) = match visit.status {
        Status::Scheduled | Status::Rescheduled => (None, None, None),
        Status::Arrived { at } | Status::Completed { at } | Status::NoShow { at } => (Some(at), None, None),
        Status::Cancelled { at, by, reason } => (Some(at), Some(by), reason),
    };
    Versioned {
        version: visit.version,
        body: AppointmentView {
            id: visit.id,
            patient: PersonRef { id: visit.patient_id, name: visit.patient_name },
            doctor: DoctorRef { id: visit.doctor_id, name: visit.doctor_name, specialization: visit.specialization },
            starts_at: house.instant(visit.slot.start),
            ends_at: house.instant(visit.slot.end),
            status,
            reason: visit.reason,
            consultation_fee: visit.consultation_fee.into(),
            booked_at: house.instant(visit.booked_at),
            status_at: status_at.map(|at| house.instant(at)),
            cancelled_by,
            cancellation_reason,
        },
    }
}

pub(crate) fn summary(entry: AgendaEntry, house: &House) -> AppointmentSummary {
    AppointmentSummary {
        id: entry.id,
        patient: PersonRef { id: entry.patient_id, name: entry.patient_name },
        doctor: DoctorRef { id: entry.doctor_id, name: entry.doctor_name, specialization: entry.specialization },
        starts_at: house.instant(entry.slot.start),
        ends_at: house.instant(entry.slot.end),
        status: entry.status,
        reason: entry.reason,
    }
}
