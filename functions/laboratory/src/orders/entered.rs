//! What somebody enters as the result of an order: each value of the test, with its unit.

use std::collections::BTreeMap;

use domain::{
    Invalid,
    id::LabReportId,
    lab_order::LabOrder,
    laboratory::{OfferedTest, Parameter},
    patient::Patient,
    record::{
        image::ImageStatus,
        lab_result::{Finding, Found, number},
    },
    reference_range::Limits,
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
    /// In words: `negative`, or why a number could not be measured.
    #[schema(value_type = Option<Reason>)]
    text: Option<String>,
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
    /// A report of this order that was uploaded and checked. Without one, `report.pdf` is made from the values.
    #[schema(value_type = Option<LabReportId>)]
    pub(super) report_id: Option<String>,
}

/// A result that can be.
pub(crate) struct Entered {
    pub(crate) found: Found,
    pub(crate) report_id: Option<LabReportId>,
}

impl EnteredBody {
    /// Parses it. What is usual is frozen as it is for the patient on the day on which the specimen was taken.
    pub(crate) fn parse(
        self,
        test: &OfferedTest,
        order: &LabOrder,
        patient: &Patient,
        taken_on: Date,
        fields: &mut Fields,
    ) -> Option<Entered> {
        let comment = fields.optional("comment", self.comment, |text| Narrative::parse(&text));
        let report_id = fields.optional("report_id", self.report_id, |id| uploaded(order, id.parse()?));
        let bodies = fields.required("values", self.values, Ok);
        let values = bodies.and_then(|bodies| findings(bodies, test, |parameter| usual(parameter, patient, taken_on), fields));
        Some(Entered { found: Found::Panel { values: values?, text: comment? }, report_id: report_id? })
    }
}

/// The report, if it is this order's, and was uploaded and checked.
fn uploaded(order: &LabOrder, id: LabReportId) -> Result<LabReportId, Invalid> {
    let there = order.upload.as_ref().is_some_and(|upload| upload.id == id && upload.status == ImageStatus::Available);
    let unknown = || Invalid::new("unknown_report", "This order has no such report, or its file was not uploaded and checked.");
    there.then_some(id).ok_or_else(unknown)
}

/// What is usual and critical for the patient. Empty when no range is certain to be right.
fn usual(parameter: &Parameter, patient: &Patient, on: Date) -> Limits {
    let range = parameter.measure.as_ref().and_then(|measure| measure.ranges.of(patient, on));
    range.map(|range| range.limits).unwrap_or_default()
}

/// The values, in the order in which the test has them.
fn findings(bodies: Vec<ValueBody>, test: &OfferedTest, usual: impl Fn(&Parameter) -> Limits, fields: &mut Fields) -> Option<Vec<Finding>> {
    let mut found = BTreeMap::new();
    for (index, body) in bodies.into_iter().take(domain::laboratory::MOST_PARAMETERS + 1).enumerate() {
        let at = format!("values[{index}]");
        let place = fields.required(format!("{at}.parameter"), body.parameter.clone(), |name| place(&name, test));
        let Some((place, parameter)) = place else { continue };
        if found.contains_key(&place) {
            fields.refuse(format!("{at}.parameter"), "named_twice", "There is another value of this parameter. Leave one of them out.");
            continue;
        }
        found.insert(place, body.parse(&at, parameter, usual(parameter), fields));
    }
    for (place, parameter) in test.parameters.iter().enumerate() {
        if !found.contains_key(&place) {
            let detail = format!("The value of `{}` is missing. If it could not be measured, say so in `text`.", parameter.name.as_str());
            fields.refuse("values", "missing_value", detail);
        }
    }
    if !fields.is_empty() {
        return None;
    }
    let findings = found
        .into_iter()
        .zip(&test.parameters)
        .map(|((_, found), parameter)| Some(Finding { name: parameter.name.clone(), loinc: parameter.loinc.clone(), found: found? }));
    findings.collect()
}

fn place<'a>(name: &str, test: &'a OfferedTest) -> Result<(usize, &'a Parameter), Invalid> {
    let same = |parameter: &Parameter| parameter.name.as_str().to_lowercase() == name.trim().to_lowercase();
    let found = test.parameters.iter().enumerate().find(|(_, parameter)| same(parameter));
    let names = || test.parameters.iter().map(|parameter| format!("`{}`", parameter.name.as_str())).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| Invalid::new("unknown_parameter", format!("This test has no such value. It has {}.", names())))
}

impl ValueBody {
    fn parse(self, at: &str, parameter: &Parameter, usual: Limits, fields: &mut Fields) -> Option<Found> {
        match (self.value, self.unit, self.text, &parameter.measure) {
            (Some(value), Some(unit), None, Some(measure)) => {
                if unit != measure.unit {
                    let detail = format!("The unit of `{}` is `{}`. Convert the value.", parameter.name.as_str(), measure.unit);
                    fields.refuse(format!("{at}.unit"), "wrong_unit", detail);
                    return None;
                }
                let value = fields.check(format!("{at}.value"), measure.possible(value).and_then(number))?;
                Some(Found::measured(value, unit, usual))
            }
            (Some(_), _, None, None) => {
                fields.refuse(format!("{at}.value"), "not_a_number", "This value is described in words. Send `text`.");
                None
            }
            (None, None, Some(text), _) => fields.check(format!("{at}.text"), Reason::parse(&text)).map(Found::Text),
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
