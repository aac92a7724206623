//! Treatment plans.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Clinical;
use crate::{
    id::TreatmentPlanId,
    text::{Narrative, Title},
};

/// How far a plan is (HL7 FHIR R4 value set `request-status`, the part that applies).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanStatus {
    /// It is followed.
    Active,
    /// It is paused.
    OnHold,
    /// It was followed to its end.
    Completed,
    /// It is no longer followed.
    Stopped,
}

named! {
    PlanStatus, "invalid_status": { Active = "active", OnHold = "on_hold", Completed = "completed", Stopped = "stopped", }
}

/// What is meant to happen, and to what end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreatmentPlan {
    /// Its name.
    pub title: Title,
    /// What it is meant to reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<Narrative>,
    /// What is to be done.
    pub steps: Narrative,
    /// How far it is.
    pub status: PlanStatus,
    /// The day on which it is looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_on: Option<Date>,
}

impl Clinical for TreatmentPlan {
    type Id = TreatmentPlanId;
    const KIND: &'static str = "treatment_plan";
}
