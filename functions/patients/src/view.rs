//! A patient's record as this API shows it.

use domain::patient::Patient;
use serde::Serialize;
use shared::{
    config::House,
    http::{EmergencyContactBody, MoneyBody, Versioned},
};
use utoipa::ToSchema;

/// A patient.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PatientView {
    id: String,
    name: String,
    #[schema(format = "date")]
    date_of_birth: String,
    #[schema(example = "female")]
    gender: &'static str,
    phone: String,
    emergency_contact: EmergencyContactBody,
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    income: Option<MoneyBody>,
    registered_at: String,
}

pub(crate) fn view(patient: Patient, house: &House) -> Versioned<PatientView> {
    Versioned {
        version: patient.version,
        body: PatientView {
            id: patient.id.to_string(),
            name: patient.name.into(),
            date_of_birth: patient.date_of_birth.date().to_string(),
            gender: patient.gender.as_str(),
            phone: patient.phone.into(),
            emergency_contact: patient.emergency_contact.into(),
            address: patient.address.into(),
            income: patient.income.map(Into::into),
            registered_at: house.instant(patient.registered_at),
        },
    }
}
