//! Prescriptions of lab tests.

pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod prescribe;
pub(crate) mod revise;
pub(crate) mod stop;

use domain::{
    id::{DoctorId, EncounterId, LabOrderId, LabTestId},
    record::{
        Entry,
        lab_result::Loinc,
        prescription::{LabTestStatus, Priority},
    },
    text::{PersonName, Reason, Title},
};
use http::{AppState, Problem, auth::PatientAccess, refusals};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use domain::record::prescription::LabTest;

use crate::entries::{EntryHead, In, Shown, head, to_change};

refusals! {
    pub(crate) NotOpen {
        409 "not_open" { current_status: LabTestStatus, order_id: Option<LabOrderId> },
    }
}

/// A lab test that was prescribed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LabTestView {
    id: LabTestId,
    status: LabTestStatus,
    test: Title,
    #[serde(skip_serializing_if = "Option::is_none")]
    loinc: Option<Loinc>,
    priority: Priority,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<Reason>,
    /// The doctor who prescribed it, and who looks at the result.
    doctor_id: DoctorId,
    /// The doctor's name at that time.
    doctor_name: PersonName,
    /// The order at a laboratory, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<LabOrderId>,
    #[serde(flatten)]
    head: EntryHead,
}

impl Shown for LabTest {
    type View = LabTestView;
    const PATH: &'static str = "prescriptions/lab-tests";

    fn view(entry: Entry<Self>, state: &AppState) -> LabTestView {
        let (head, content) = (head(&entry, state), entry.content);
        let Self { test, loinc, priority, instructions, doctor_id, doctor_name, status, order_id } = content;
        LabTestView { id: entry.id, status, test, loinc, priority, instructions, doctor_id, doctor_name, order_id, head }
    }
}

/// What a prescription of a lab test says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LabTestBody {
    /// The encounter in which it is prescribed.
    #[schema(value_type = Option<EncounterId>)]
    encounter_id: Option<String>,
    /// What is to be examined.
    #[schema(value_type = Title)]
    test: Option<String>,
    #[schema(value_type = Option<Loinc>)]
    loinc: Option<String>,
    /// When left out: `routine`.
    #[schema(value_type = Option<Priority>)]
    priority: Option<String>,
    /// What the patient or the laboratory has to know.
    #[schema(value_type = Option<Reason>)]
    instructions: Option<String>,
}

impl LabTestBody {
    fn parse(self, fields: &mut In<'_>, (doctor_id, doctor_name): (DoctorId, PersonName)) -> Option<(Option<EncounterId>, LabTest)> {
        let encounter = fields.optional("encounter_id", self.encounter_id, |id| id.parse());
        let test = fields.required("test", self.test, |text| Title::parse(&text));
        let loinc = fields.optional("loinc", self.loinc, |code| Loinc::parse(&code));
        let priority = fields.optional("priority", self.priority, |text| Priority::parse(&text));
        let instructions = fields.optional("instructions", self.instructions, |text| Reason::parse(&text));
        let content = LabTest {
            test: test?,
            loinc: loinc?,
            priority: priority?.unwrap_or(Priority::Routine),
            instructions: instructions?,
            doctor_id,
            doctor_name,
            status: LabTestStatus::Open,
            order_id: None,
        };
        Some((encounter?, content))
    }
}

/// The prescription that a doctor revises or stops.
async fn open(state: &AppState, access: &PatientAccess, id: LabTestId, version: u64) -> Result<Entry<LabTest>, Problem> {
    let before = to_change::<LabTest>(state, access, id, version).await?;
    must_be_open(&before.content, "Prescribe the test anew.")?;
    Ok(before)
}

/// Refuses a prescription that was stopped, that a laboratory has, or that has a result.
pub(crate) fn must_be_open(test: &LabTest, what_to_do: &str) -> Result<(), Problem> {
    let detail = match test.status {
        LabTestStatus::Open => return Ok(()),
        LabTestStatus::Ordered => "A laboratory has this prescription. Cancel the order first: `order_id` names it.".to_owned(),
        LabTestStatus::Resulted => format!("There is a result of this prescription. {what_to_do}"),
        LabTestStatus::Stopped => format!("This prescription was stopped. {what_to_do}"),
    };
    let problem = Problem::conflict("not_open", detail).with("current_status", test.status);
    Err(match test.order_id {
        Some(order) => problem.with("order_id", order),
        None => problem,
    })
}
