//! The tests that a laboratory offers.

pub(crate) mod anywhere;
pub(crate) mod change;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod offer;
mod parameters;

use domain::{
    id::{LaboratoryId, OfferedTestId},
    laboratory::{DURATION, ListedTest, OfferedTest, Specimen},
    record::lab_result::Loinc,
    text::{Narrative, Title},
};
use http::{Fields, MoneyBody, Versioned, whole};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use parameters::{ParameterBody, parse};

/// A test that a laboratory offers, with its values.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfferedTestView {
    #[serde(flatten)]
    listed: OfferedTestSummary,
    /// What it is for, and how to prepare for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Narrative>,
    /// Its values.
    parameters: Vec<ParameterBody>,
}

/// A test in the list of a laboratory.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfferedTestSummary {
    id: OfferedTestId,
    laboratory_id: LaboratoryId,
    name: Title,
    #[serde(skip_serializing_if = "Option::is_none")]
    loinc: Option<Loinc>,
    specimen: Specimen,
    price: MoneyBody,
    /// How long it takes from the specimen to the release of the result, in minutes.
    expected_minutes: u32,
    /// How long it takes when it is urgent. Absent: as long.
    #[serde(skip_serializing_if = "Option::is_none")]
    urgent_minutes: Option<u32>,
    /// Whether the laboratory takes orders of it.
    offered: bool,
}

impl From<ListedTest> for OfferedTestSummary {
    fn from(listed: ListedTest) -> Self {
        Self {
            id: listed.id,
            laboratory_id: listed.laboratory_id,
            name: listed.name,
            loinc: listed.loinc,
            specimen: listed.specimen,
            price: listed.price.into(),
            expected_minutes: listed.minutes,
            urgent_minutes: listed.urgent_minutes,
            offered: listed.offered,
        }
    }
}

pub(crate) fn view(test: OfferedTest) -> Versioned<OfferedTestView> {
    let parameters = test.parameters.into_iter().map(ParameterBody::from).collect();
    Versioned { version: test.version, body: OfferedTestView { listed: test.listed.into(), description: test.description, parameters } }
}

/// Checks that what is urgent does not take longer.
pub(crate) fn sooner(urgent: Option<u32>, expected: u32, fields: &mut Fields) -> Option<()> {
    let later = urgent.is_some_and(|urgent| urgent > expected);
    let detail = "Urgent orders cannot take longer than `expected_minutes`.";
    let sooner = if later { Err(domain::Invalid::new("urgent_takes_longer", detail)) } else { Ok(()) };
    fields.check("urgent_minutes", sooner)
}

/// Checks how long a test takes.
pub(crate) fn minutes(minutes: i64) -> Result<u32, domain::Invalid> {
    let (least, most) = DURATION;
    whole(minutes, least.into(), most.into())
}
