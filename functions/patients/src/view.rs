//! A patient profile as this API shows it.

use domain::{
    id::PatientId,
    instant::Instant,
    patient::{DateOfBirth, Gender, Patient},
    text::{PersonName, Phone, PostalAddress},
};
use http::{EmergencyContactBody, MoneyBody, Versioned};
use platform::config::Hospital;
use serde::Serialize;
use utoipa::ToSchema;

/// A patient profile.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PatientView {
    id: PatientId,
    name: PersonName,
    date_of_birth: DateOfBirth,
    gender: Gender,
    phone: Phone,
    emergency_contact: EmergencyContactBody,
    address: PostalAddress,
    #[serde(skip_serializing_if = "Option::is_none")]
    income: Option<MoneyBody>,
    registered_at: Instant,
}

pub(crate) fn view(patient: Patient, hospital: &Hospital) -> Versioned<PatientView> {
    Versioned {
        version: patient.version,
        body: PatientView {
            id: patient.id,
            name: patient.name,
            date_of_birth: patient.date_of_birth,
            gender: patient.gender,
            phone: patient.phone,
            emergency_contact: patient.emergency_contact.into(),
            address: patient.address,
            income: patient.income.map(Into::into),
            registered_at: hospital.instant(patient.registered_at),
        },
    }
}
