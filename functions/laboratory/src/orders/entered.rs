//! What somebody enters as the result of an order: each value of the test, with its unit.

use std::collections::BTreeMap;

use domain::{
    Invalid,
    id::LabReportId,
    lab_order::LabOrder,
    laboratory::{Measure, OfferedTest, Parameter},
    patient::Patient,
    record::{
        image::ImageStatus,
        lab_result::{Finding, Found, Loinc, number},
    },
    reference_range::{Limits, ReferenceRanges},
    text::{Narrative, Reason, Title},
};
use http::Fields;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;

/// A value that was found: a number with its unit, or a text.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValueBody {
    /// The name of one of the test's values.
    #[schema(value_type = Title)]
    parameter: Option<String>,
    /// A number. Send it with `unit`, or send `text`.
    value: Option<f64>,
    /// The unit of the test's value. No other one is taken.
    #[schema(min_length = 1, max_length = 20)]
    unit: Option<String>,
    /// In words: `negative`, `> 15`, or why a number could not be measured.
    #[schema(value_type = Option<Reason>)]
    text: Option<String>,
    /// Whether somebody has to act at once. It is for what no limits tell: a text, or a number of a patient for whom there is no reference range.
    /// Required there when the value is critical from some limit on. Elsewhere, when left out: `false`.
    critical: Option<bool>,
}

/// What a result says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnteredBody {
    /// Every value of the test, once.
    #[schema(value_type = Vec<ValueBody>, min_items = 1, max_items = 40)]
    pub(super) values: Option<Vec<ValueBody>>,
    /// What the laboratory says about them.
    #[schema(value_type = Option<Narrative>)]
    pub(super) comment: Option<String>,
    /// A report of this order that was uploaded and checked, or the one that the result has until now. Without one, `report.pdf` is made from the
    /// values.
    #[schema(value_type = Option<LabReportId>)]
    pub(super) report_id: Option<String>,
}

/// A result that can be.
pub(crate) struct Entered {
    pub(crate) found: Found,
    pub(crate) report_id: Option<LabReportId>,
}

/// A value that a result has to have: its name, how it is measured, and what is usual for the patient.
pub(crate) struct Expected {
    name: Title,
    loinc: Option<Loinc>,
    measure: Option<Measure>,
    usual: Limits,
    /// Whether there are limits from which on somebody has to act at once: those of the patient or, if none are known, those of others.
    can_be_critical: bool,
}

/// The values of a test, with what is usual for the patient on the day on which the specimen was taken. An amendment has the values that the result
/// has, with what was usual then.
pub(crate) fn expected(test: &OfferedTest, amended: Option<&Found>, patient: &Patient, on: Date) -> Vec<Expected> {
    let known = |name: &Title| test.parameters.iter().find(|parameter| parameter.name == *name);
    let Some(Found::Panel { values, .. }) = amended else {
        let of = |parameter: &Parameter| {
            let usual = usual(parameter, patient, on);
            Expected {
                name: parameter.name.clone(),
                loinc: parameter.loinc.clone(),
                measure: parameter.measure.clone(),
                usual,
                can_be_critical: can_be_critical(usual, Some(parameter)),
            }
        };
        return test.parameters.iter().map(of).collect();
    };
    let of = |finding: &Finding| {
        let parameter = known(&finding.name);
        let measure = parameter.and_then(|parameter| parameter.measure.clone());
        let (measure, usual) = match &finding.found {
            Found::Number { unit, low, high, critical_low, critical_high, .. } => {
                let limits = Limits { critical_low: *critical_low, low: *low, high: *high, critical_high: *critical_high };
                (Some(measured_in(unit, measure)), limits)
            }
            _ => (measure, parameter.map(|parameter| usual(parameter, patient, on)).unwrap_or_default()),
        };
        let can_be_critical = can_be_critical(usual, parameter);
        Expected { name: finding.name.clone(), loinc: finding.loinc.clone(), measure, usual, can_be_critical }
    };
    values.iter().map(of).collect()
}

/// How a value was measured. What can be is known while the test still has the unit.
fn measured_in(unit: &str, now: Option<Measure>) -> Measure {
    let anything = || Measure { unit: unit.to_owned(), lowest: f64::MIN, highest: f64::MAX, ranges: ReferenceRanges::default() };
    now.filter(|measure| measure.unit == unit).unwrap_or_else(anything)
}

impl EnteredBody {
    /// Parses it. `kept` is the report that the result has until now.
    pub(crate) fn parse(self, expected: &[Expected], order: &LabOrder, kept: Option<LabReportId>, fields: &mut Fields) -> Option<Entered> {
        let comment = fields.optional("comment", self.comment, |text| Narrative::parse(&text));
        let report_id = fields.optional("report_id", self.report_id, |id| uploaded(order, kept, id.parse()?));
        let bodies = fields.required("values", self.values, Ok);
        let values = bodies.and_then(|bodies| findings(bodies, expected, fields));
        Some(Entered { found: Found::Panel { values: values?, text: comment? }, report_id: report_id? })
    }
}

/// The report, if it is this order's, and was uploaded and checked.
fn uploaded(order: &LabOrder, kept: Option<LabReportId>, id: LabReportId) -> Result<LabReportId, Invalid> {
    let there = kept == Some(id) || order.upload.as_ref().is_some_and(|upload| upload.id == id && upload.status == ImageStatus::Available);
    let unknown = || Invalid::new("unknown_report", "This order has no such report, or its file was not uploaded and checked.");
    there.then_some(id).ok_or_else(unknown)
}

/// What is usual and critical for the patient. Empty when no range is certain to be right.
fn usual(parameter: &Parameter, patient: &Patient, on: Date) -> Limits {
    let range = parameter.measure.as_ref().and_then(|measure| measure.ranges.of(patient, on));
    range.map(|range| range.limits).unwrap_or_default()
}

fn can_be_critical(usual: Limits, parameter: Option<&Parameter>) -> bool {
    let of_others = || parameter.and_then(|parameter| parameter.measure.as_ref()).is_some_and(|measure| measure.ranges.has_critical());
    if usual.is_empty() { of_others() } else { usual.has_critical() }
}

/// The values, in the order in which the test has them.
fn findings(bodies: Vec<ValueBody>, expected: &[Expected], fields: &mut Fields) -> Option<Vec<Finding>> {
    let mut found = BTreeMap::new();
    for (index, body) in bodies.into_iter().take(domain::laboratory::MOST_PARAMETERS + 1).enumerate() {
        let at = format!("values[{index}]");
        let Some((place, value)) = fields.required(format!("{at}.parameter"), body.parameter.clone(), |name| place(&name, expected)) else {
            continue;
        };
        if found.contains_key(&place) {
            fields.refuse(format!("{at}.parameter"), "named_twice", "There is another value of this parameter. Leave one of them out.");
            continue;
        }
        found.insert(place, body.parse(&at, value, fields));
    }
    for (place, value) in expected.iter().enumerate() {
        if !found.contains_key(&place) {
            let detail = format!("The value of `{}` is missing. If it could not be measured, say so in `text`.", value.name.as_str());
            fields.refuse("values", "missing_value", detail);
        }
    }
    if fields.is_empty() { found.into_values().collect() } else { None }
}

fn place<'a>(name: &str, expected: &'a [Expected]) -> Result<(usize, &'a Expected), Invalid> {
    let same = |value: &Expected| value.name.as_str().to_lowercase() == name.trim().to_lowercase();
    let found = expected.iter().enumerate().find(|(_, value)| same(value));
    let names = || expected.iter().map(|value| format!("`{}`", value.name.as_str())).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| Invalid::new("unknown_parameter", format!("This test has no such value. It has {}.", names())))
}

impl Expected {
    /// Whether a value is critical of which no limits tell it. Nothing is taken for harmless only because nobody has said so.
    fn judged(&self, critical: Option<bool>, at: &str, fields: &mut Fields) -> Option<bool> {
        if critical.is_none() && self.can_be_critical {
            let why = if self.usual.is_empty() { "There is no reference range for this patient." } else { "No limits apply to a text." };
            fields.refuse(
                format!("{at}.critical"),
                "required",
                format!("{why} Say whether somebody has to act at once: `true` or `false`."),
            );
            return None;
        }
        Some(critical.unwrap_or_default())
    }
}

impl ValueBody {
    fn parse(self, at: &str, expected: &Expected, fields: &mut Fields) -> Option<Finding> {
        let finding = |found, critical| Finding { name: expected.name.clone(), loinc: expected.loinc.clone(), found, critical };
        match (self.value, self.unit, self.text, &expected.measure) {
            (Some(value), Some(unit), None, Some(measure)) => {
                if self.critical.is_some() && !expected.usual.is_empty() {
                    let detail = "Whether this number is critical follows from the reference range.";
                    fields.refuse(format!("{at}.critical"), "follows_from_range", detail);
                    return None;
                }
                if unit.replace('\u{3bc}', "\u{b5}") != measure.unit {
                    let detail = format!(
                        "The unit of `{}` is `{}`. Give the value in this unit, and write it like this.",
                        expected.name.as_str(),
                        measure.unit
                    );
                    fields.refuse(format!("{at}.unit"), "wrong_unit", detail);
                    return None;
                }
                let value = fields.check(format!("{at}.value"), measure.possible(value).and_then(number))?;
                let critical = if expected.usual.is_empty() { expected.judged(self.critical, at, fields)? } else { false };
                Some(finding(Found::measured(value, measure.unit.clone(), expected.usual), critical))
            }
            (Some(_), _, None, None) => {
                fields.refuse(format!("{at}.value"), "not_a_number", "This value is described in words. Send `text`.");
                None
            }
            (None, None, Some(text), _) => {
                let text = fields.check(format!("{at}.text"), Reason::parse(&text))?;
                Some(finding(Found::Text(text), expected.judged(self.critical, at, fields)?))
            }
            (Some(_), None, None, Some(measure)) => {
                fields.refuse(format!("{at}.unit"), "required", format!("Send the unit, `{}`, so that nobody mistakes it.", measure.unit));
                None
            }
            _ => {
                fields.refuse(format!("{at}.value"), "value_or_text", "Send either `value` with its `unit`, or `text`.");
                None
            }
        }
    }
}
