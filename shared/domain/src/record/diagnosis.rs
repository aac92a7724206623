//! Diagnoses, and what is known of each.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Clinical, Entry, Full, Summary,
    summary::{PROBLEMS, Problem, put},
    vitals::VitalSign,
};
use crate::{Invalid, id::DiagnosisId, text::Reason};

/// Whether the patient has the condition now (HL7 FHIR R4 value set `condition-clinical`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClinicalStatus {
    /// It is there.
    Active,
    /// It is there again.
    Recurrence,
    /// It got worse again after it had got better.
    Relapse,
    /// It is not there, and may come again.
    Inactive,
    /// It is held back by treatment.
    Remission,
    /// It is over.
    Resolved,
}

/// How sure the doctor is (HL7 FHIR R4 value set `condition-ver-status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerificationStatus {
    /// Not enough is known.
    Unconfirmed,
    /// A first diagnosis, until more is known.
    Provisional,
    /// One of several that are possible.
    Differential,
    /// Enough is known.
    Confirmed,
    /// It turned out to be something else.
    Refuted,
}

named! {
    ClinicalStatus, "invalid_clinical_status": {
        Active = "active", Recurrence = "recurrence", Relapse = "relapse", Inactive = "inactive", Remission = "remission", Resolved = "resolved",
    }
    VerificationStatus, "invalid_verification_status": {
        Unconfirmed = "unconfirmed", Provisional = "provisional", Differential = "differential", Confirmed = "confirmed", Refuted = "refuted",
    }
}

/// A code of the International Classification of Diseases, 10th revision: `J45.9`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Icd10(String);

impl Icd10 {
    /// Parses a code: a letter, two characters, and after a dot up to four more.
    ///
    /// # Errors
    /// When the text has another form. Whether the classification has the code is not checked.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let code = text.trim().to_ascii_uppercase();
        let (category, rest) = code.split_once('.').map_or((code.as_str(), None), |(category, rest)| (category, Some(rest)));
        let category: Vec<_> = category.chars().collect();
        let fits = matches!(category[..], [letter, digit, last]
            if letter.is_ascii_uppercase() && digit.is_ascii_digit() && last.is_ascii_alphanumeric());
        let rest_fits = rest.is_none_or(|rest| (1..=4).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_alphanumeric()));
        if fits && rest_fits { Ok(Self(code)) } else { Err(Invalid::new("invalid_icd_code", "Give an ICD-10 code such as `J45.9`.")) }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A diagnosis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// What it is, in words.
    pub what: Reason,
    /// Its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icd10: Option<Icd10>,
    /// Whether the patient has it now.
    pub clinical_status: ClinicalStatus,
    /// How sure the doctor is.
    pub verification_status: VerificationStatus,
    /// Since when the patient has had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onset: Option<Date>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Reason>,
}

impl Diagnosis {
    /// Whether it is among the patient's active problems.
    #[must_use]
    pub fn is_active(&self) -> bool {
        use ClinicalStatus::{Active, Recurrence, Relapse};
        matches!(self.clinical_status, Active | Recurrence | Relapse) && self.verification_status != VerificationStatus::Refuted
    }
}

impl Clinical for Diagnosis {
    type Id = DiagnosisId;
    const KIND: &'static str = "diagnosis";
    const IN_SUMMARY: bool = true;

    fn show(_before: Option<&Entry<Self>>, entry: &Entry<Self>, summary: &mut Summary) -> Result<Vec<VitalSign>, Full> {
        let content = &entry.content;
        let line = (!entry.in_error && content.is_active()).then(|| Problem {
            id: entry.id,
            what: content.what.clone(),
            icd10: content.icd10.clone(),
            verification_status: content.verification_status,
        });
        put(&mut summary.problems, line, |other| other.id == entry.id, Full("active diagnoses", PROBLEMS))?;
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        for (text, code) in [("j45.9", "J45.9"), ("I10", "I10"), ("C7A.001", "C7A.001"), (" S72.001A ", "S72.001A")] {
            assert_eq!(Icd10::parse(text).unwrap().as_str(), code);
        }
        for bad in ["", "J", "J4", "J45.", "45.9", "J45.90123", "J45,9", "J45.9 J46", "JJ5", "\u{e9}45"] {
            assert_eq!(Icd10::parse(bad).unwrap_err().code, "invalid_icd_code", "{bad}");
        }
    }
}
