//! Something new in a medical record that somebody is told of by email. It holds nothing about the patient's health, so that it can be kept
//! with an email that SES refused.

use domain::{
    id::{DoctorId, PatientId},
    text::PersonName,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::emails::prescription::PrescriptionNews;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordNews {
    pub patient_id: PatientId,
    /// The entry, and its version.
    pub id: String,
    pub version: u64,
    /// When.
    pub at: Timestamp,
    pub doctor_id: DoctorId,
    pub doctor_name: PersonName,
    pub what: What,
}

/// What is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Medicine(PrescriptionNews),
    LabTest(PrescriptionNews),
    /// A patient asks for a prescription.
    Requested {
        refill: bool,
    },
    /// The doctor has not prescribed what was asked for.
    Declined,
}
