//! Results of lab tests.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Author, Clinical, Entry, Full, Point, Summary, Waiting,
    summary::{News, RecentResult, put_recent},
    vitals::{Flag, VitalSign},
};
use crate::{
    Invalid,
    id::{DoctorId, ImageId, LabOrderId, LabReportId, LabResultId, LabTestId},
    reference_range::Limits,
    text::{Narrative, PersonName, Reason, Title},
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

/// A number that a laboratory may report. The table takes no number that is as good as zero.
///
/// # Errors
/// When it is another one.
pub fn number(value: f64) -> Result<f64, Invalid> {
    let fits = value == 0.0 || (1e-9..=1e9).contains(&value.abs());
    if fits {
        Ok(value)
    } else {
        Err(Invalid::new("out_of_range", "Use 0, or a number from 0.000000001 to 1,000,000,000, or the negative of one."))
    }
}

/// A unit as a laboratory writes it. The Greek letter μ counts as the sign µ: keyboards have either, and they look the same.
///
/// # Errors
/// When it is too long, or has spaces.
pub fn unit(text: &str) -> Result<String, Invalid> {
    let text = text.replace('\u{3bc}', "\u{b5}");
    let fits = (1..=20).contains(&text.chars().count()) && text.chars().all(|c| c.is_ascii_graphic() || c == '\u{b5}');
    if fits {
        Ok(text)
    } else {
        Err(Invalid::new(
            "invalid_unit",
            "Give the unit in at most 20 letters, digits and signs of a keyboard, or `µ`, without spaces: `g/dL`, `10^9/L`.",
        ))
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
        /// At this value or below it, somebody has to act at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        critical_low: Option<f64>,
        /// At this value or above it, somebody has to act at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        critical_high: Option<f64>,
    },
    /// Words: `negative`.
    Text(Reason),
    /// All values of a test, each a number or words.
    Panel {
        /// The values.
        values: Vec<Finding>,
        /// What the laboratory says about them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<Narrative>,
    },
}

/// One value of a test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is called.
    pub name: Title,
    /// Its code. With it, the value has a place in a graph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loinc: Option<Loinc>,
    /// What was found: a number or words.
    pub found: Found,
    /// Whether somebody has to act at once, where words say it: `> 15`, `Gram-positive cocci`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub critical: bool,
}

/// How far a result of a laboratory is (HL7 FHIR R4 value set `observation-status`, the part that applies).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResultStage {
    /// The laboratory has not released it. Only those who work here see it.
    Preliminary,
    /// It was verified and released.
    Final,
    /// It was changed after its release.
    Amended,
}

/// The order of a laboratory that a result is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfOrder {
    /// The order.
    pub id: LabOrderId,
    /// How far the result is.
    pub stage: ResultStage,
    /// The report that the laboratory has uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_id: Option<LabReportId>,
}

impl Found {
    /// How it stands out. `None` when it is not known what is usual.
    #[must_use]
    pub fn flag(&self) -> Option<Flag> {
        match self {
            Self::Number { value, low, high, critical_low, critical_high, .. } => {
                let limits = Limits { critical_low: *critical_low, low: *low, high: *high, critical_high: *critical_high };
                limits.flag(*value)
            }
            Self::Text(_) => None,
            // The one that somebody has to look at first.
            Self::Panel { values, .. } => values.iter().filter_map(|value| value.found.flag()).max_by_key(|flag| flag.urgency()),
        }
    }

    /// A value with what is usual of it and critical.
    #[must_use]
    pub const fn measured(value: f64, unit: String, limits: Limits) -> Self {
        let Limits { critical_low, low, high, critical_high } = limits;
        Self::Number { value, unit, low, high, critical_low, critical_high }
    }

    /// Whether somebody has to act at once.
    #[must_use]
    pub fn is_critical(&self) -> bool {
        match self {
            Self::Panel { values, .. } => values.iter().any(|value| value.critical || value.found.is_critical()),
            found => found.flag().is_some_and(Flag::is_critical),
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
    /// The order that it is the result of, if a laboratory has entered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OfOrder>,
    /// The doctor who looks at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doctor_id: Option<DoctorId>,
    /// Who looked at it, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<Author>,
}

impl LabResult {
    /// Whether the patient may see it.
    #[must_use]
    pub fn is_released(&self) -> bool {
        self.order.as_ref().is_none_or(|order| order.stage != ResultStage::Preliminary)
    }

    /// Whether it says something else than before: a number, words, or its report.
    fn says_something_else(&self, before: &Self) -> bool {
        let report = |result: &Self| result.order.as_ref().and_then(|order| order.report_id);
        self.found != before.found || report(self) != report(before)
    }
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
            released: content.is_released(),
        });
        if entry.in_error {
            summary.take_back(&entry.id);
        }
        let seen = before.filter(|before| before.content.is_released());
        let amended = content.order.as_ref().is_some_and(|order| order.stage == ResultStage::Amended);
        match seen {
            None if content.is_released() && !entry.in_error => summary.tell(News::ResultAvailable, &entry.id, entry.author.at),
            Some(before) if amended && content.says_something_else(&before.content) => {
                summary.tell(News::ResultAmended, &entry.id, entry.author.at);
            }
            _ => {}
        }
        // What the patient does not see yet keeps nothing out that the patient sees.
        let (mut seen_by_all, mut unreleased): (Vec<_>, Vec<_>) = summary.results.drain(..).partition(|other| other.released);
        let (for_all, for_staff) = if content.is_released() { (line, None) } else { (None, line) };
        for (list, line) in [(&mut seen_by_all, for_all), (&mut unreleased, for_staff)] {
            put_recent(list, line, |other| other.id == entry.id, |line| (line.taken_at, line.id));
        }
        summary.results = [seen_by_all, unreleased].concat();
        summary.results.sort_by_key(|line| std::cmp::Reverse((line.taken_at, line.id)));
        Ok(Vec::new())
    }

    fn points(entry: &Entry<Self>) -> Vec<Point> {
        let content = &entry.content;
        if entry.in_error || !content.is_released() {
            return Vec::new();
        }
        let point = |loinc: &Option<Loinc>, found: &Found| match (loinc, found) {
            (Some(loinc), Found::Number { value, unit, .. }) => {
                Some(Point { code: loinc.as_str().to_owned(), at: content.taken_at, value: *value, unit: unit.clone(), flag: found.flag() })
            }
            _ => None,
        };
        match &content.found {
            Found::Panel { values, .. } => values.iter().filter_map(|value| point(&value.loinc, &value.found)).collect(),
            found => point(&content.loinc, found).into_iter().collect(),
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
            critical: content.found.is_critical(),
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
        let of = |value, low, high| Found::measured(value, "g/dL".to_owned(), Limits { low, high, ..Limits::default() }).flag();
        assert_eq!(of(11.9, Some(12.0), Some(16.0)), Some(Flag::Low));
        assert_eq!((of(12.0, Some(12.0), Some(16.0)), of(16.0, Some(12.0), Some(16.0))), (Some(Flag::Normal), Some(Flag::Normal)));
        assert_eq!((of(16.1, Some(12.0), Some(16.0)), of(16.1, None, None)), (Some(Flag::High), None));
        assert_eq!((of(16.1, Some(12.0), None), of(16.1, None, Some(16.0))), (Some(Flag::Normal), Some(Flag::High)));
    }
}
