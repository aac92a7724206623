//! The audit log: who did what to which patient's data, when and from where. Entries are added and never changed.

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
    /// When it happened.
    pub at: Timestamp,
    /// The account that acted, if the caller had proven who they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<UserId>,
    /// The name that a staff member had then. Patients' names are left out, because other patients may see the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// The staff member's earlier names, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_names: Vec<PersonName>,
    /// The roles that they had then.
    pub roles: BTreeSet<Role>,
    /// What they did, as the policy names it, such as `patient.read`.
    pub action: String,
    /// The patient whose data it was, if it was a patient's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    /// The account that was acted on, if it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<UserId>,
    /// What the action does not say, such as the roles that were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The IP address that the request came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The request's id, which is also in its answer and in the logs.
    pub request_id: String,
    /// Whether it was done or refused.
    pub outcome: Outcome,
}

/// Whether an action was done or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused.
    Refused,
}
