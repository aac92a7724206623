//! A visit as this API shows it: whole, and as a line in a list.

use domain::appointment::{Appointment, Status};
use serde::Serialize;
use shared::{
    config::House,
    http::{MoneyBody, Versioned},
    store::appointments::AgendaEntry,
};
use utoipa::ToSchema;

/// A visit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppointmentView {
    id: String,
    patient: PersonRef,
    doctor: DoctorRef,
    #[schema(format = "date-time", example = "2026-03-02T09:00:00+00:00")]
    starts_at: String,
    #[schema(format = "date-time")]
    ends_at: String,
    /// `scheduled`, `rescheduled`, `arrived`, `completed`, `cancelled` or `no_show`.
    status: &'static str,
    /// Why the patient comes, in their own words.
    reason: String,
    /// As it was when the visit was booked.
    consultation_fee: MoneyBody,
    #[schema(format = "date-time")]
    booked_at: String,
    /// When the patient arrived, the visit ended, or it was called off or missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    status_at: Option<String>,
    /// Who called it off: `patient`, `doctor` or `front_desk`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    cancelled_by: Option<domain::appointment::CancelledBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancellation_reason: Option<String>,
}

/// A line in a list of visits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppointmentSummary {
    id: String,
    patient: PersonRef,
    doctor: DoctorRef,
    #[schema(format = "date-time")]
    starts_at: String,
    #[schema(format = "date-time")]
    ends_at: String,
    /// `scheduled`, `rescheduled`, `arrived`, `completed`, `cancelled` or `no_show`.
    status: String,
    /// In a doctor's list.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonRef {
    id: String,
    name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DoctorRef {
    id: String,
    name: String,
    specialization: String,
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
            id: visit.id.to_string(),
            patient: PersonRef { id: visit.patient_id.to_string(), name: visit.patient_name.into() },
            doctor: DoctorRef {
                id: visit.doctor_id.to_string(),
                name: visit.doctor_name.into(),
                specialization: visit.specialization.into(),
            },
            starts_at: house.instant(visit.slot.start),
            ends_at: house.instant(visit.slot.end),
            status,
            reason: visit.reason.into(),
            consultation_fee: visit.consultation_fee.into(),
            booked_at: house.instant(visit.booked_at),
            status_at: status_at.map(|at| house.instant(at)),
            cancelled_by,
            cancellation_reason: cancellation_reason.map(Into::into),
        },
    }
}

pub(crate) fn summary(entry: AgendaEntry, house: &House) -> AppointmentSummary {
    AppointmentSummary {
        id: entry.id.to_string(),
        patient: PersonRef { id: entry.patient_id.to_string(), name: entry.patient_name.into() },
        doctor: DoctorRef { id: entry.doctor_id.to_string(), name: entry.doctor_name.into(), specialization: entry.specialization.into() },
        starts_at: house.instant(entry.slot.start),
        ends_at: house.instant(entry.slot.end),
        status: entry.status,
        reason: entry.reason.map(Into::into),
    }
}
