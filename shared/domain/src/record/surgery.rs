//! Surgeries that were performed here.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Clinical;
use crate::{
    id::{DoctorId, SurgeryId},
    money::Money,
    text::{Narrative, PersonName, Reason},
};

/// A surgery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surgery {
    /// What was done.
    pub procedure: Reason,
    /// The doctor who operated.
    pub surgeon_id: DoctorId,
    /// The surgeon's name at that time.
    pub surgeon_name: PersonName,
    /// What it costs. A bill takes it from here.
    pub fee: Money,
    /// The day.
    pub performed_on: Date,
    /// How it went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Narrative>,
}

impl Clinical for Surgery {
    type Id = SurgeryId;
    const KIND: &'static str = "surgery";
}
