//! A patient's medical history, as the patient and the clinicians tell it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Invalid,
    id::{HistoryId, PatientId, UserId},
    record::medicines::MedicineClass,
    text::{PersonName, Reason},
};

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HistoryKind {
    /// An allergy or intolerance.
    Allergy,
    /// A disease or another condition.
    Condition,
    /// A disease in the family.
    FamilyHistory,
    /// A medicine that the patient takes.
    Medication,
    /// An operation.
    Surgery,
}

impl HistoryKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Allergy, Self::Condition, Self::FamilyHistory, Self::Medication, Self::Surgery];

    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allergy => "allergy",
            Self::Condition => "condition",
            Self::FamilyHistory => "family_history",
            Self::Medication => "medication",
            Self::Surgery => "surgery",
        }
    }

    /// Parses the name used in JSON.
    ///
    /// # Errors
    /// When it is none of them.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        known.ok_or_else(|| Invalid::new("invalid_kind", "Use `allergy`, `condition`, `family_history`, `medication` or `surgery`."))
    }
}

/// How bad a reaction to a substance was (HL7 FHIR R4 value set `reaction-event-severity`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AllergySeverity {
    /// It passed by itself.
    Mild,
    /// It had to be treated.
    Moderate,
    /// It was a danger to life, or lasted.
    Severe,
}

impl AllergySeverity {
    /// Parses the name used in JSON.
    ///
    /// # Errors
    /// When it is none of the three.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "mild" => Ok(Self::Mild),
            "moderate" => Ok(Self::Moderate),
            "severe" => Ok(Self::Severe),
            _ => Err(Invalid::new("invalid_severity", "Use `mild`, `moderate` or `severe`.")),
        }
    }
}

/// One entry. It is never changed or deleted: what was wrong is withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: HistoryId,
    /// Whose history it is.
    pub patient_id: PatientId,
    /// What it is about.
    #[serde(rename = "about")]
    pub kind: HistoryKind,
    /// The condition, operation, medicine or, for an allergy, the substance.
    pub what: Reason,
    /// More about it: the reaction to a substance, the dose of a medicine, the relative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Reason>,
    /// For an allergy only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<AllergySeverity>,
    /// For an allergy only: the class of medicines that the substance belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<MedicineClass>,
    /// Who wrote it, and when.
    pub noted: Note,
    /// Who withdrew it, when and why, if somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<(Note, Reason)>,
    /// Grows with each change.
    pub version: u64,
}

/// Who did something, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// When.
    pub at: Timestamp,
    /// The account: the patient's, a guardian's or a clinician's.
    pub by: UserId,
    /// The clinician's name at that time. `None` when the patient or a guardian said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clinician: Option<PersonName>,
}

/// What was asked, and answered with "none". A kind without entries that is not here was never asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Whose history it is.
    pub patient_id: PatientId,
    /// The kinds of which none is known.
    pub none_known: BTreeMap<HistoryKind, Note>,
    /// Grows with each change of the history, so that nobody says "none" while somebody else adds an entry.
    pub version: u64,
}
