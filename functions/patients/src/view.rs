//! A patient profile as this API shows it.

use domain::{
    id::PatientId,
    instant::Instant,
    mrn::Mrn,
    patient::{Consent, ConsentTo, DateOfBirth, Gender, Identity, Patient},
    patient_search::PatientEntry,
    text::{PersonName, Phone, PostalAddress, Reason},
};
use http::{EmergencyContactBody, MoneyBody, Versioned, auth::Caller};
use jiff::civil::Date;
use platform::config::Hospital;
use serde::Serialize;
use store::trail;
use utoipa::ToSchema;

use crate::guardians::GuardianBody;

/// A patient profile.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PatientView {
    id: PatientId,
    mrn: Mrn,
    identity: Identity,
    name: PersonName,
    /// Absent when it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    date_of_birth: Option<DateOfBirth>,
    /// Whether only the year of the date of birth counts.
    date_of_birth_estimated: bool,
    gender: Gender,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    emergency_contact: Option<EmergencyContactBody>,
    /// The closest relatives, besides the emergency contact.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    next_of_kin: Vec<EmergencyContactBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<PostalAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    income: Option<MoneyBody>,
    registered_at: Instant,
    /// Why the front desk registered the patient although a known patient was likely to be the same person.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_a_duplicate: Option<Reason>,
    /// Whether the patient has an account.
    has_account: bool,
    /// Who cares for a child.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    guardians: Vec<GuardianBody>,
    /// The day on which the patient died.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    deceased_on: Option<Date>,
    /// What the patient has decided.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    consents: Vec<ConsentView>,
    /// How many appointments the patient missed in the last year. Only where the front desk reads a profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) missed_last_year: Option<usize>,
}

/// The profile for a caller who may read it. Only the patient and the front desk see the income.
pub(crate) fn view_for(caller: &Caller, patient: Patient, hospital: &Hospital) -> Versioned<PatientView> {
    let sees_income = caller.patient_id == Some(patient.id) || caller.may_without_relationship();
    view(Patient { income: patient.income.filter(|_| sees_income), ..patient }, hospital)
}

pub(crate) fn view(patient: Patient, hospital: &Hospital) -> Versioned<PatientView> {
    // It shows their names and numbers, too.
    patient.guardians.iter().filter_map(|guardian| guardian.patient_id).for_each(trail::patient);
    Versioned {
        version: patient.version,
        body: PatientView {
            id: patient.id,
            mrn: patient.mrn,
            identity: patient.identity,
            name: patient.name,
            date_of_birth: patient.date_of_birth,
            date_of_birth_estimated: patient.date_of_birth_estimated,
            gender: patient.gender,
            phone: patient.phone,
            emergency_contact: patient.emergency_contact.map(Into::into),
            next_of_kin: patient.next_of_kin.into_iter().map(Into::into).collect(),
            address: patient.address,
            income: patient.income.map(Into::into),
            registered_at: hospital.instant(patient.registered_at),
            not_a_duplicate: patient.not_a_duplicate,
            has_account: patient.user_id.is_some(),
            missed_last_year: None,
            guardians: patient.guardians.into_iter().map(Into::into).collect(),
            deceased_on: patient.deceased.map(|death| death.date),
            consents: patient.consents.into_iter().map(|(to, consent)| ConsentView::of(to, &consent, hospital)).collect(),
        },
    }
}

/// The latest decision of a patient about something.
#[derive(Debug, Serialize, ToSchema)]
struct ConsentView {
    to: ConsentTo,
    given: bool,
    since: Instant,
}

impl ConsentView {
    fn of(to: ConsentTo, consent: &Consent, hospital: &Hospital) -> Self {
        Self { to, given: consent.given, since: hospital.instant(consent.at) }
    }
}

/// A patient in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PatientSummary {
    id: PatientId,
    mrn: Mrn,
    identity: Identity,
    name: PersonName,
    /// Absent when it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    date_of_birth: Option<DateOfBirth>,
    /// Whether only the year of the date of birth counts.
    date_of_birth_estimated: bool,
    gender: Gender,
    deceased: bool,
}

pub(crate) fn summary(patient: PatientEntry) -> PatientSummary {
    PatientSummary {
        id: patient.id,
        mrn: patient.mrn,
        identity: patient.identity,
        name: patient.name,
        date_of_birth: patient.date_of_birth,
        date_of_birth_estimated: patient.date_of_birth_estimated,
        gender: patient.gender,
        deceased: patient.deceased,
    }
}
