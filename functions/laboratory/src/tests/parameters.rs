//! The values of a test as requests and answers have them.

use domain::{
    Invalid,
    laboratory::{Measure, Parameter, check_parameters},
    record::lab_result::{Loinc, number, unit},
    reference_range::{Age, AgeUnit, Limits, ReferenceRange, ReferenceRanges, Sex},
    text::Title,
};
use http::{Fields, whole};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A value of a test: a number in a unit, or, without a unit, a text.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParameterBody {
    #[schema(value_type = Title)]
    name: Option<String>,
    /// With it, the values of a patient can be shown in a graph.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Loinc>)]
    loinc: Option<String>,
    /// Leave it out for what is described in words: `colour`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 20, pattern = "^[!-~\u{b5}\u{3bc}]{1,20}$")]
    unit: Option<String>,
    /// No value is below this one. When left out: 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    lowest_possible: Option<f64>,
    /// No value is above this one. Required with a unit: it finds slips of the decimal point.
    #[serde(skip_serializing_if = "Option::is_none")]
    highest_possible: Option<f64>,
    /// What is usual, by age and sex. A value has no flag where no range is certain to be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 40)]
    reference_ranges: Option<Vec<ReferenceRangeBody>>,
}

/// What is usual for people of an age and a sex, both ends included, and from where on somebody has to act at once. Give at least one of the four
/// limits.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReferenceRangeBody {
    /// For whom. When left out: for everybody for whom there is no range of their sex.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Sex>)]
    sex: Option<String>,
    /// From this age on. When left out: from birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    from_age: Option<AgeBody>,
    /// Until the day before this age. When left out: for life.
    #[serde(skip_serializing_if = "Option::is_none")]
    to_age: Option<AgeBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    critical_low: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    critical_high: Option<f64>,
}

/// An age, by the calendar.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgeBody {
    #[schema(value_type = u16, minimum = 0, maximum = 47450)]
    count: Option<i64>,
    #[schema(value_type = AgeUnit)]
    unit: Option<String>,
}

impl From<Parameter> for ParameterBody {
    fn from(parameter: Parameter) -> Self {
        let measure = parameter.measure;
        Self {
            name: Some(parameter.name.into()),
            loinc: parameter.loinc.map(|loinc| loinc.as_str().to_owned()),
            unit: measure.as_ref().map(|measure| measure.unit.clone()),
            lowest_possible: measure.as_ref().map(|measure| measure.lowest),
            highest_possible: measure.as_ref().map(|measure| measure.highest),
            reference_ranges: measure.map(|measure| measure.ranges.iter().map(ReferenceRangeBody::from).collect()),
        }
    }
}

impl From<&ReferenceRange> for ReferenceRangeBody {
    fn from(range: &ReferenceRange) -> Self {
        let age = |age: Age| AgeBody { count: Some(age.count().into()), unit: Some(age.unit().as_str().to_owned()) };
        let Limits { critical_low, low, high, critical_high } = range.limits;
        Self {
            sex: range.sex.map(|sex| sex.as_str().to_owned()),
            from_age: Some(age(range.from)),
            to_age: range.to.map(age),
            critical_low,
            low,
            high,
            critical_high,
        }
    }
}

/// Parses the values of a test. `None` when something is wrong.
pub(crate) fn parse(bodies: Vec<ParameterBody>, fields: &mut Fields) -> Option<Vec<Parameter>> {
    // All of them are parsed, so that everything that is wrong is named at once.
    let parsed = bodies.into_iter().take(domain::laboratory::MOST_PARAMETERS + 1).enumerate();
    let parsed: Vec<_> = parsed.map(|(index, body)| body.parse(&format!("parameters[{index}]"), fields)).collect();
    let parameters = parsed.into_iter().collect::<Option<Vec<_>>>()?;
    match check_parameters(&parameters) {
        Ok(()) => Some(parameters),
        Err((index, why)) => {
            let member = if why.code == "coded_twice" { "loinc" } else { "name" };
            let field = index.map_or("parameters".to_owned(), |index| format!("parameters[{index}].{member}"));
            fields.refuse(field, why.code, why.detail);
            None
        }
    }
}

impl ParameterBody {
    fn parse(self, at: &str, fields: &mut Fields) -> Option<Parameter> {
        let name = fields.required(format!("{at}.name"), self.name, |text| Title::parse(&text));
        let loinc = fields.optional(format!("{at}.loinc"), self.loinc, |code| Loinc::parse(&code));
        let unit = fields.optional(format!("{at}.unit"), self.unit, |text| unit(&text));
        let lowest = fields.optional(format!("{at}.lowest_possible"), self.lowest_possible, number);
        let highest = fields.optional(format!("{at}.highest_possible"), self.highest_possible, number);
        let ranges = ranges(self.reference_ranges.unwrap_or_default(), at, fields);
        let (unit, lowest, highest, ranges) = (unit?, lowest?, highest?, ranges?);
        let measure = match (unit, highest) {
            (Some(unit), Some(highest)) => {
                let measure = Measure { unit, lowest: lowest.unwrap_or_default(), highest, ranges };
                Some(fields.check(format!("{at}.highest_possible"), measure.check())?)
            }
            (Some(_), None) => {
                let detail = "Give the highest value that can be. It finds slips of the decimal point.";
                fields.refuse(format!("{at}.highest_possible"), "required", detail);
                return None;
            }
            (None, highest) => {
                if lowest.is_some() || highest.is_some() || !ranges.is_empty() {
                    fields.refuse(format!("{at}.unit"), "required", "A value with limits needs a unit. For a ratio, use `1`.");
                    return None;
                }
                None
            }
        };
        Some(Parameter { name: name?, loinc: loinc?, measure })
    }
}

fn ranges(bodies: Vec<ReferenceRangeBody>, at: &str, fields: &mut Fields) -> Option<ReferenceRanges> {
    let parsed = bodies.into_iter().take(domain::reference_range::MOST_RANGES + 1).enumerate();
    let parsed: Vec<_> = parsed.map(|(index, body)| body.parse(&format!("{at}.reference_ranges[{index}]"), fields)).collect();
    let ranges = parsed.into_iter().collect::<Option<Vec<_>>>()?;
    fields.check(format!("{at}.reference_ranges"), ReferenceRanges::new(ranges))
}

impl ReferenceRangeBody {
    fn parse(self, at: &str, fields: &mut Fields) -> Option<ReferenceRange> {
        let sex = fields.optional(format!("{at}.sex"), self.sex, |text| Sex::parse(&text));
        let from = age(self.from_age, &format!("{at}.from_age"), fields);
        let to = age(self.to_age, &format!("{at}.to_age"), fields);
        let mut limit = |name: &str, value: Option<f64>| fields.optional(format!("{at}.{name}"), value, number);
        let (critical_low, low) = (limit("critical_low", self.critical_low), limit("low", self.low));
        let (high, critical_high) = (limit("high", self.high), limit("critical_high", self.critical_high));
        let limits = Limits { critical_low: critical_low?, low: low?, high: high?, critical_high: critical_high? };
        let limits = fields.check(at, limits.check());
        Some(ReferenceRange { sex: sex?, from: from?.unwrap_or(Age::BIRTH), to: to?, limits: limits? })
    }
}

/// An age that may be left out. The outer `None` means that it is wrong.
fn age(body: Option<AgeBody>, at: &str, fields: &mut Fields) -> Option<Option<Age>> {
    let Some(body) = body else { return Some(None) };
    let count = fields.required(format!("{at}.count"), body.count, |count| whole::<u16>(count, 0, 130 * 365));
    let unit = fields.required(format!("{at}.unit"), body.unit, |text| AgeUnit::parse(&text));
    let age: Result<Age, Invalid> = Age::new(count?, unit?);
    fields.check(format!("{at}.count"), age).map(Some)
}
