//! Treatment plans.

pub(crate) mod add;
pub(crate) mod change;
pub(crate) mod get;
pub(crate) mod list;

use domain::{
    id::{EncounterId, TreatmentPlanId},
    patient::parse_date,
    record::{Entry, treatment_plan::PlanStatus},
    text::{Narrative, Title},
};
use http::{AppState, auth::PatientAccess};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use domain::record::treatment_plan::TreatmentPlan;

use crate::entries::{EntryHead, In, Shown, head};

/// A treatment plan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TreatmentPlanView {
    id: TreatmentPlanId,
    title: Title,
    #[serde(skip_serializing_if = "Option::is_none")]
    goal: Option<Narrative>,
    steps: Narrative,
    status: PlanStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    review_on: Option<Date>,
    #[serde(flatten)]
    head: EntryHead,
}

impl Shown for TreatmentPlan {
    type View = TreatmentPlanView;
    const PATH: &'static str = "treatment-plans";

    fn view(entry: Entry<Self>, state: &AppState) -> TreatmentPlanView {
        let (head, Self { title, goal, steps, status, review_on }) = (head(&entry, state), entry.content);
        TreatmentPlanView { id: entry.id, title, goal, steps, status, review_on, head }
    }
}

/// What a treatment plan says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TreatmentPlanBody {
    /// The encounter in which it was made.
    #[schema(value_type = Option<EncounterId>)]
    encounter_id: Option<String>,
    #[schema(value_type = Title)]
    title: Option<String>,
    /// What it is meant to reach.
    #[schema(value_type = Option<Narrative>)]
    goal: Option<String>,
    /// What is to be done.
    #[schema(value_type = Narrative)]
    steps: Option<String>,
    /// When left out: `active`.
    #[schema(value_type = Option<PlanStatus>)]
    status: Option<String>,
    /// The day on which it is looked at again.
    #[schema(value_type = Option<String>, format = Date)]
    review_on: Option<String>,
}

impl TreatmentPlanBody {
    fn parse(self, fields: &mut In<'_>, _: &PatientAccess, _: &AppState) -> Option<(Option<EncounterId>, TreatmentPlan)> {
        let encounter = fields.optional("encounter_id", self.encounter_id, |id| id.parse());
        let title = fields.required("title", self.title, |text| Title::parse(&text));
        let goal = fields.optional("goal", self.goal, |text| Narrative::parse(&text));
        let steps = fields.required("steps", self.steps, |text| Narrative::parse(&text));
        let status = fields.optional("status", self.status, |text| PlanStatus::parse(&text));
        let review_on = fields.optional("review_on", self.review_on, |day| parse_date(&day));
        let status = status?.unwrap_or(PlanStatus::Active);
        Some((encounter?, TreatmentPlan { title: title?, goal: goal?, steps: steps?, status, review_on: review_on? }))
    }
}
