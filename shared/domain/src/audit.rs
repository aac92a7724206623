//! Who did what, to which patient's data, when and from where. Entries are only ever added.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    id::{AuditId, PatientId, UserId},
    role::Role,
    text::PersonName,
};

/// One entry of the audit log (45 CFR 164.312(b)). It names people and things by id and holds no health data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who, when somebody had proven it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<UserId>,
    /// What somebody who works here was called then. Patients are not named to each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// What they had been called before, when that was something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_names: Vec<PersonName>,
    /// In which roles they acted.
    pub roles: BTreeSet<Role>,
    /// What, as the policy names it, such as `patient.read`.
    pub action: String,
    /// Whose data, when it was a patient's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    /// Which account was acted on, when it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<UserId>,
    /// What was decided, where the action does not say it: the roles that were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The address that the request came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The request, as its answer and the logs name it.
    pub request_id: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused.
    Refused,
}
