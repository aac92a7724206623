//! The values of a lab test as several functions show them.

use domain::{
    record::{
        lab_result::{Finding, Found, Loinc},
        vitals::Flag,
    },
    text::{Reason, Title},
};
use serde::Serialize;
use utoipa::ToSchema;

/// One value of a test: a number with its unit, or a text.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingView {
    parameter: Title,
    #[serde(skip_serializing_if = "Option::is_none")]
    loinc: Option<Loinc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Reason>,
    #[serde(flatten)]
    usual: Usual,
    /// Absent when it is not known what is usual.
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<Flag>,
    /// Whether somebody has to act at once.
    critical: bool,
}

/// What was usual and critical for the patient when it was entered.
#[derive(Debug, Default, Serialize, ToSchema)]
struct Usual {
    /// The lowest usual value.
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<f64>,
    /// The highest usual value.
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<f64>,
    /// At this value or below it, somebody has to act at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    critical_low: Option<f64>,
    /// At this value or above it, somebody has to act at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    critical_high: Option<f64>,
}

impl FindingView {
    #[must_use]
    pub fn of(finding: Finding) -> Self {
        let (flag, critical) = (finding.found.flag(), finding.critical || finding.found.is_critical());
        let (value, unit, usual, text) = match finding.found {
            Found::Number { value, unit, low, high, critical_low, critical_high } => {
                (Some(value), Some(unit), Usual { low, high, critical_low, critical_high }, None)
            }
            Found::Text(text) => (None, None, Usual::default(), Some(text)),
            // One value is never a list of values.
            Found::Panel { .. } => (None, None, Usual::default(), None),
        };
        Self { parameter: finding.name, loinc: finding.loinc, value, unit, text, usual, flag, critical }
    }
}
