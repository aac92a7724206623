//! Laboratories, and the tests that they offer.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Invalid,
    id::{LaboratoryId, OfferedTestId, UserId},
    money::Money,
    opening_hours::OpeningHours,
    record::{
        lab_result::Loinc,
        prescription::{LabTest, Priority},
    },
    reference_range::{Limits, ReferenceRanges},
    text::{Email, Narrative, Phone, Title},
};

/// A laboratory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Laboratory {
    /// What it shows in the directory.
    #[serde(rename = "entry")]
    pub listed: ListedLaboratory,
    /// Where its emails go.
    pub email: Email,
    /// Who registered it. What the laboratory is told by email counts as told to them.
    pub registered_by: UserId,
    /// When.
    pub registered_at: Timestamp,
    /// Grows with each change; sent as the `ETag`.
    pub version: u64,
}

/// What the directory shows of a laboratory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedLaboratory {
    /// Its id.
    pub id: LaboratoryId,
    /// Its name.
    pub name: Title,
    /// How people reach it.
    pub phone: Phone,
    /// When it is open, in the hospital's time zone.
    pub hours: OpeningHours,
}

/// That somebody works in a laboratory. A lab technician works in one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Technician {
    /// The laboratory.
    pub laboratory_id: LaboratoryId,
    /// Who works there.
    pub user_id: UserId,
    /// Since when.
    pub since: Timestamp,
}

/// What is examined (after HL7 v2 table 0487, the part that most laboratories take).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Specimen {
    /// Whole blood.
    Blood,
    /// Serum: what is left of blood that has clotted.
    Serum,
    /// Plasma: what is left of blood without its cells.
    Plasma,
    /// Urine.
    Urine,
    /// Stool.
    Stool,
    /// Sputum.
    Sputum,
    /// A swab.
    Swab,
    /// Saliva.
    Saliva,
    /// Fluid of brain and spine.
    CerebrospinalFluid,
    /// Tissue.
    Tissue,
    /// Something else.
    Other,
}

named! {
    Specimen, "invalid_specimen": {
        Blood = "blood", Serum = "serum", Plasma = "plasma", Urine = "urine", Stool = "stool", Sputum = "sputum", Swab = "swab",
        Saliva = "saliva", CerebrospinalFluid = "cerebrospinal_fluid", Tissue = "tissue", Other = "other",
    }
}

impl Specimen {
    /// The specimen in words.
    #[must_use]
    pub fn in_words(self) -> String {
        self.as_str().replace('_', " ")
    }
}

/// How many values a test has at most.
pub const MOST_PARAMETERS: usize = 40;
/// How many reference ranges a test has at most, over all of its values: it stays one small item.
pub const MOST_RANGES_OF_TEST: usize = 200;
/// How long a test may take, in minutes: some cultures grow for eight weeks.
pub const DURATION: (u32, u32) = (1, 60 * 24 * 60);

/// A value of a test: what is measured, in which unit, what can be, and what is usual.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// What it is called.
    pub name: Title,
    /// Its code. With it, the value has a place in a graph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loinc: Option<Loinc>,
    /// How it is measured. `None` for what is described in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
}

/// How a value is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// The unit.
    pub unit: String,
    /// No value is below this one.
    pub lowest: f64,
    /// No value is above this one.
    pub highest: f64,
    /// What is usual, by age and sex.
    #[serde(default)]
    pub ranges: ReferenceRanges,
}

impl Measure {
    /// Checks what can be, and that what is usual is within it.
    ///
    /// # Errors
    /// When it is not.
    pub fn check(self) -> Result<Self, Invalid> {
        if self.lowest >= self.highest {
            return Err(Invalid::new("reversed", "`lowest_possible` must be below `highest_possible`."));
        }
        let fits = |limit: f64| (self.lowest..=self.highest).contains(&limit);
        if !self.ranges.limits().flat_map(Limits::all).all(fits) {
            let detail = "A limit of a reference range is below `lowest_possible` or above `highest_possible`.";
            return Err(Invalid::new("impossible_limit", detail));
        }
        Ok(self)
    }

    /// Checks that a value can be.
    ///
    /// # Errors
    /// When it is outside of what can be.
    pub fn possible(&self, value: f64) -> Result<f64, Invalid> {
        if (self.lowest..=self.highest).contains(&value) {
            return Ok(value);
        }
        let (lowest, highest, unit) = (self.lowest, self.highest, &self.unit);
        let detail = format!("This cannot be: a value is from {lowest} to {highest} {unit}. Check the decimal point and the unit.");
        Err(Invalid::new("impossible_value", detail))
    }
}

/// Checks the values of a test together.
///
/// # Errors
/// When there are none or too many, two have one name, or there are too many ranges: the index of a value, if it is one, and what is wrong.
pub fn check_parameters(parameters: &[Parameter]) -> Result<(), (Option<usize>, Invalid)> {
    if parameters.is_empty() || parameters.len() > MOST_PARAMETERS {
        return Err((None, Invalid::new("out_of_range", format!("A test has 1 to {MOST_PARAMETERS} parameters."))));
    }
    let (mut names, mut codes) = (BTreeSet::new(), BTreeSet::new());
    for (index, parameter) in parameters.iter().enumerate() {
        if parameter.loinc.as_ref().is_some_and(|code| !codes.insert(code.as_str())) {
            return Err((Some(index), Invalid::new("coded_twice", "Two parameters have this code. A graph shows one value of each.")));
        }
        if !names.insert(parameter.name.as_str().to_lowercase()) {
            return Err((Some(index), Invalid::new("named_twice", "Two parameters have this name. Change one of them.")));
        }
    }
    let ranges: usize = parameters.iter().filter_map(|parameter| parameter.measure.as_ref()).map(|measure| measure.ranges.len()).sum();
    if ranges > MOST_RANGES_OF_TEST {
        return Err((None, Invalid::new("too_many_ranges", format!("A test has at most {MOST_RANGES_OF_TEST} reference ranges."))));
    }
    Ok(())
}

/// A lab test that a laboratory offers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfferedTest {
    /// What lists show.
    #[serde(rename = "entry")]
    pub listed: ListedTest,
    /// What it is for, and how to prepare for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Narrative>,
    /// Its values, at least one.
    pub parameters: Vec<Parameter>,
    /// Grows with each change; sent as the `ETag`.
    pub version: u64,
}

/// What lists show of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedTest {
    /// Its id.
    pub id: OfferedTestId,
    /// The laboratory.
    pub laboratory_id: LaboratoryId,
    /// Its name.
    pub name: Title,
    /// Its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loinc: Option<Loinc>,
    /// What is examined.
    pub specimen: Specimen,
    /// What it costs.
    pub price: Money,
    /// How long it takes from the specimen to the release of the result, in minutes.
    pub minutes: u32,
    /// How long it takes when it is urgent. `None`: as long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent_minutes: Option<u32>,
    /// Whether the laboratory takes orders of it.
    pub offered: bool,
}

/// How well a test answers a prescription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// Both have the same code, or the same name.
    Same,
    /// One of them has no code, and the names differ. Somebody who knows has to say.
    Unsure,
    /// Their codes differ.
    Other,
}

impl ListedTest {
    /// How long it takes.
    #[must_use]
    pub fn takes(&self, priority: Priority) -> SignedDuration {
        let minutes = match priority {
            Priority::Routine => self.minutes,
            Priority::Urgent => self.urgent_minutes.unwrap_or(self.minutes),
        };
        SignedDuration::from_mins(minutes.into())
    }

    /// How well it answers a prescription.
    #[must_use]
    pub fn answers(&self, prescribed: &LabTest) -> Match {
        let plain = |name: &Title| name.as_str().split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        match (&self.loinc, &prescribed.loinc) {
            (Some(own), Some(asked)) if own == asked => Match::Same,
            (Some(_), Some(_)) => Match::Other,
            _ if plain(&self.name) == plain(&prescribed.test) => Match::Same,
            _ => Match::Unsure,
        }
    }
}

/// A duration in words, as people say it: `45 minutes`, `3 hours`, `2 days`.
#[must_use]
pub fn in_words(duration: SignedDuration) -> String {
    let minutes = duration.as_mins();
    let (count, unit) = match minutes {
        _ if minutes % (24 * 60) == 0 => (minutes / (24 * 60), "day"),
        _ if minutes % 60 == 0 => (minutes / 60, "hour"),
        _ => (minutes, "minute"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference_range::{Age, ReferenceRange};

    fn title(text: &str) -> Title {
        Title::parse(text).unwrap()
    }

    fn measure(lowest: f64, highest: f64, limits: Limits) -> Result<Measure, Invalid> {
        let range = ReferenceRange { sex: None, from: Age::BIRTH, to: None, limits };
        Measure { unit: "mmol/L".to_owned(), lowest, highest, ranges: ReferenceRanges::new(vec![range]).unwrap() }.check()
    }

    #[test]
    fn what_can_be() {
        let limits = Limits { low: Some(3.5), high: Some(5.1), ..Limits::default() };
        let potassium = measure(0.5, 15.0, limits).unwrap();
        assert!([0.5, 4.2, 15.0].iter().all(|value| potassium.possible(*value).is_ok()));
        for impossible in [0.4, 15.1, -4.2, 42.0, f64::NAN, f64::INFINITY] {
            assert_eq!(potassium.possible(impossible).unwrap_err().code, "impossible_value", "{impossible}");
        }
        assert_eq!(measure(15.0, 15.0, limits).unwrap_err().code, "reversed");
        assert_eq!(measure(4.0, 15.0, limits).unwrap_err().code, "impossible_limit");
    }

    #[test]
    fn values_of_a_test_have_names_of_their_own() {
        let named = |name: &str| Parameter { name: title(name), loinc: None, measure: None };
        assert!(check_parameters(&[named("Colour"), named("pH")]).is_ok());
        let (index, why) = check_parameters(&[named("Colour"), named("colour")]).unwrap_err();
        assert_eq!((index, why.code), (Some(1), "named_twice"));
        assert_eq!(check_parameters(&[]).unwrap_err().1.code, "out_of_range");
        let many: Vec<_> = (0..=MOST_PARAMETERS).map(|index| named(&format!("Value {index}"))).collect();
        assert_eq!(check_parameters(&many).unwrap_err().1.code, "out_of_range");
    }

    #[test]
    fn durations_in_words() {
        let say = |minutes| in_words(SignedDuration::from_mins(minutes));
        assert_eq!([say(1), say(45), say(60), say(90), say(180)], ["1 minute", "45 minutes", "1 hour", "90 minutes", "3 hours"]);
        assert_eq!([say(1440), say(4320)], ["1 day", "3 days"]);
    }
}
