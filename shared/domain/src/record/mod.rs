//! The medical record: what clinicians write about a patient. Each entry is versioned, and nothing in it is ever deleted.

pub mod blood_group;
pub mod diagnosis;
pub mod encounter;
pub mod image;
pub mod lab_result;
pub mod medicines;
pub mod prescribing;
pub mod prescription;
pub mod request;
pub mod summary;
pub mod surgery;
pub mod treatment_plan;
pub mod vitals;

use std::{
    fmt::{Debug, Display},
    str::FromStr,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    id::{DoctorId, EncounterId, PatientId, UserId},
    text::{PersonName, Reason},
};

pub use summary::{Full, Summary};
use vitals::VitalSign;

/// What an entry can say: a diagnosis, vital signs, a prescription.
pub trait Clinical: Clone + Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its id.
    type Id: Copy + Debug + Eq + Display + FromStr + Serialize + DeserializeOwned + Send + Sync;
    /// Its name in the table and in its stream.
    const KIND: &'static str;
    /// Whether the summary of the record shows something of it.
    const IN_SUMMARY: bool = false;

    /// Makes the summary say what the entry says now, and what the patient has to be told. `before` is the entry before the change. Names the
    /// vital signs whose newest value has to be found anew.
    ///
    /// # Errors
    /// When the summary has no room for it.
    fn show(_before: Option<&Entry<Self>>, _entry: &Entry<Self>, _summary: &mut Summary) -> Result<Vec<VitalSign>, Full> {
        Ok(Vec::new())
    }

    /// The values of it that a graph can show.
    fn points(_entry: &Entry<Self>) -> Vec<Point> {
        Vec::new()
    }

    /// What a doctor has to do about it, if anything.
    fn waits(_entry: &Entry<Self>) -> Option<Waiting> {
        None
    }

    /// When it may be deleted, if it never became a part of the record.
    fn expires_at(_entry: &Entry<Self>) -> Option<Timestamp> {
        None
    }
}

/// An entry as it is now, or as it was in one of its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Entry<C: Clinical> {
    /// Its id, which says when it was first written.
    pub id: C::Id,
    /// Whose record it is in.
    pub patient_id: PatientId,
    /// The encounter in which it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encounter_id: Option<EncounterId>,
    /// Who wrote this version, and when.
    pub author: Author,
    /// Why it was changed. Absent in the first version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Whether it was entered in error. It then shows in its history only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_error: bool,
    /// Grows with each change; sent as the ETag.
    pub version: u64,
    /// What it says.
    pub content: C,
}

/// An entry that waits for a doctor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The doctor.
    pub doctor_id: DoctorId,
    /// The entry.
    pub id: String,
    /// The patient.
    pub patient_id: PatientId,
    /// The patient's name at that time.
    pub patient_name: PersonName,
    /// What it is about.
    pub what: String,
    /// Whether it is a result with a value on which somebody has to act at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub critical: bool,
    /// Since when.
    pub since: Timestamp,
}

/// Who wrote something, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// When.
    pub at: Timestamp,
    /// The account.
    pub by: UserId,
    /// Their name at that time.
    pub name: PersonName,
}

impl<C: Clinical> Entry<C> {
    /// A new entry.
    #[must_use]
    pub const fn new(id: C::Id, patient_id: PatientId, encounter_id: Option<EncounterId>, author: Author, content: C) -> Self {
        Self { id, patient_id, encounter_id, author, reason: None, in_error: false, version: 1, content }
    }

    /// The entry with other content.
    #[must_use]
    pub fn changed(&self, author: Author, reason: Option<Reason>, content: C) -> Self {
        Self { author, reason, content, version: self.version + 1, ..self.clone() }
    }

    /// The entry, taken out of view: it was entered in error.
    #[must_use]
    pub fn entered_in_error(&self, author: Author, reason: Reason) -> Self {
        Self { author, reason: Some(reason), in_error: true, version: self.version + 1, ..self.clone() }
    }
}

/// One value in a graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// What was measured: a vital sign's name, or a LOINC code.
    pub code: String,
    /// When.
    pub at: Timestamp,
    /// The value.
    pub value: f64,
    /// Its unit, in UCUM for vital signs.
    pub unit: String,
    /// How it stands out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<vitals::Flag>,
}
