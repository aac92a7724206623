//! Results of lab tests.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Author, Clinical, Entry, Full, Point, Summary, Waiting,
    summary::{News, RecentResult, put_recent},
    vitals::{Flag, VitalSign},
};
use crate::{
    Invalid,
    id::{DoctorId, ImageId, LabResultId, LabTestId},
    text::{PersonName, Reason, Title},
};

/// A code of Logical Observation Identifiers Names and Codes: `718-7`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Loinc(String);

impl Loinc {
    /// Parses a code. Its last digit is a check digit (LOINC Users' Guide, appendix C: Luhn's algorithm).
    ///
    /// # Errors
    /// When it is not such a code. Whether LOINC has the code is not checked.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let refused = || Invalid::new("invalid_loinc", "Give a LOINC code such as `718-7`. Check each digit.");
        let (number, check) = text.split_once('-').ok_or_else(refused)?;
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if !(1..=7).contains(&number.len()) || check.len() != 1 || !digits(number) || !digits(check) || number.starts_with('0') {
            return Err(refused());
        }
        let sum: u32 = number.bytes().rev().enumerate().map(|(at, digit)| luhn(u32::from(digit - b'0'), at % 2 == 0)).sum();
        if (10 - sum % 10) % 10 == u32::from(check.as_bytes()[0] - b'0') { Ok(Self(text.to_owned())) } else { Err(refused()) }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a digit counts: twice if doubled, and then the sum of its digits.
const fn luhn(digit: u32, doubled: bool) -> u32 {
    match (doubled, digit * 2) {
        (false, _) => digit,
        (true, twice) if twice > 9 => twice - 9,
        (true, twice) => twice,
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// A number, and what is usual.
    Number {
        /// The value.
        value: f64,
        /// Its unit.
        unit: String,
        /// The lowest usual value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        low: Option<f64>,
        /// The highest usual value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        high: Option<f64>,
    },
    /// Words: `negative`.
    Text(Reason),
}

impl Found {
    /// How it stands out. `None` when it is not known what is usual.
    #[must_use]
    pub fn flag(&self) -> Option<Flag> {
        match self {
            Self::Number { value, low: Some(low), .. } if value < low => Some(Flag::Low),
            Self::Number { value, high: Some(high), .. } if value > high => Some(Flag::High),
            Self::Number { low: None, high: None, .. } | Self::Text(_) => None,
            Self::Number { .. } => Some(Flag::Normal),
        }
    }
}

/// A result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabResult {
    /// What was examined.
    pub name: Title,
    /// Its code. With it, the result has a place in a graph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loinc: Option<Loinc>,
    /// What was found.
    pub found: Found,
    /// When the specimen was taken.
    pub taken_at: Timestamp,
    /// The laboratory, if it is not this hospital's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub laboratory: Option<Title>,
    /// The prescription that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lab_test_id: Option<LabTestId>,
    /// The report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_id: Option<ImageId>,
    /// The patient's name at that time.
    pub patient_name: PersonName,
    /// The doctor who looks at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doctor_id: Option<DoctorId>,
    /// Who looked at it, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<Author>,
}

impl Clinical for LabResult {
    type Id = LabResultId;
    const KIND: &'static str = "lab_result";
    const IN_SUMMARY: bool = true;

    fn show(before: Option<&Entry<Self>>, entry: &Entry<Self>, summary: &mut Summary) -> Result<Vec<VitalSign>, Full> {
        let content = &entry.content;
        let line = (!entry.in_error).then(|| RecentResult {
            id: entry.id,
            name: content.name.clone(),
            taken_at: content.taken_at,
            flag: content.found.flag(),
        });
        if entry.in_error {
            summary.take_back(&entry.id);
        }
        if before.is_none() {
            summary.tell(News::ResultAvailable, &entry.id, entry.author.at);
        }
        put_recent(&mut summary.results, line, |other| other.id == entry.id, |line| (line.taken_at, line.id));
        Ok(Vec::new())
    }

    fn points(entry: &Entry<Self>) -> Vec<Point> {
        let content = &entry.content;
        match (&content.loinc, &content.found) {
            (Some(loinc), Found::Number { value, unit, .. }) if !entry.in_error => vec![Point {
                code: loinc.as_str().to_owned(),
                at: content.taken_at,
                value: *value,
                unit: unit.clone(),
                flag: content.found.flag(),
            }],
            _ => Vec::new(),
        }
    }

    fn waits(entry: &Entry<Self>) -> Option<Waiting> {
        let content = &entry.content;
        let doctor_id = content.doctor_id.filter(|_| content.reviewed.is_none() && !entry.in_error)?;
        Some(Waiting {
            doctor_id,
            id: entry.id.to_string(),
            patient_id: entry.patient_id,
            patient_name: content.patient_name.clone(),
            what: content.name.to_string(),
            since: entry.author.at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_a_check_digit() {
        for code in ["718-7", "8867-4", "9279-1", "8480-6", "59408-5", "72514-3", "2345-7"] {
            assert_eq!(Loinc::parse(code).unwrap().as_str(), code);
        }
        for bad in ["", "718", "718-8", "0718-7", "718-77", "a18-7", "12345678-9", "718-7 "] {
            assert_eq!(Loinc::parse(bad).unwrap_err().code, "invalid_loinc", "{bad}");
        }
    }

    #[test]
    fn flags() {
        let of = |value, low, high| Found::Number { value, unit: "g/dL".to_owned(), low, high }.flag();
        assert_eq!(of(11.9, Some(12.0), Some(16.0)), Some(Flag::Low));
        assert_eq!((of(12.0, Some(12.0), Some(16.0)), of(16.0, Some(12.0), Some(16.0))), (Some(Flag::Normal), Some(Flag::Normal)));
        assert_eq!((of(16.1, Some(12.0), Some(16.0)), of(16.1, None, None)), (Some(Flag::High), None));
        assert_eq!((of(16.1, Some(12.0), None), of(16.1, None, Some(16.0))), (Some(Flag::Normal), Some(Flag::High)));
    }
}
