//! The list of those who wait for a bed on a ward. A patient waits for one bed at a time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    admission::Attending,
    id::{BedRequestId, CaseId, PatientId, UserId},
    mrn::Mrn,
    text::{PersonName, Reason},
    ward::Ward,
};

/// How soon somebody needs the bed. The most urgent one comes first, and of equals the one who came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BedPriority {
    /// An emergency that needs critical care.
    Critical,
    /// Today.
    Urgent,
    /// When there is one.
    Routine,
}

named! {
    BedPriority, "invalid_priority": { Critical = "critical", Urgent = "urgent", Routine = "routine" }
}

/// Somebody in the hospital who waits for a bed on a ward. The next bed that becomes free is theirs at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BedRequest {
    /// Its id, which says when it was made.
    pub id: BedRequestId,
    /// The ward.
    pub ward: Ward,
    /// The patient.
    pub patient_id: PatientId,
    /// The patient's name at that time.
    pub patient_name: PersonName,
    /// The patient's medical record number.
    pub mrn: Mrn,
    /// How soon.
    pub priority: BedPriority,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Who will be responsible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doctor: Option<Attending>,
    /// The emergency that it follows from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    /// Since when they wait.
    pub since: Timestamp,
    /// Who asked for it.
    pub by: UserId,
}

impl BedRequest {
    /// The place in the ward's list. The order of the text is the order of the list.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}#{}", self.priority as u8 + 1, self.id)
    }
}
