//! Results that somebody has to act on at once. One stays open until a doctor acknowledges it (ISO 15189:2022, 7.4.1.3: immediate notification
//! of critical results, with a record of it).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    id::{DoctorId, LabOrderId, LabResultId, LaboratoryId, PatientId, UserId},
    lab_order::LabOrder,
    mrn::Mrn,
    text::{PersonName, Reason, Title},
};

/// How long the doctor who ordered it has, before the doctors on duty are told.
pub const ACKNOWLEDGE_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// A result with a critical value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriticalResult {
    /// What lists show.
    #[serde(rename = "entry")]
    pub listed: ListedCritical,
    /// The version of the result that has the critical value.
    pub result_version: u64,
    /// Since when the doctors on duty know of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalated_at: Option<Timestamp>,
    /// Who acknowledged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledgement>,
    /// Grows with each change.
    pub version: u64,
}

/// What lists show of a critical result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedCritical {
    /// The order.
    pub order_id: LabOrderId,
    /// The result.
    pub result_id: LabResultId,
    /// The patient.
    pub patient_id: PatientId,
    /// The patient's name at that time.
    pub patient_name: PersonName,
    /// The patient's number.
    pub mrn: Mrn,
    /// The test.
    pub test: Title,
    /// The laboratory.
    pub laboratory_id: LaboratoryId,
    /// Its name.
    pub laboratory: Title,
    /// The doctor who ordered it.
    pub doctor_id: DoctorId,
    /// Their name.
    pub doctor_name: PersonName,
    /// Since when it is known.
    pub since: Timestamp,
}

/// That a doctor knows of a critical result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// When.
    pub at: Timestamp,
    /// The account.
    pub by: UserId,
    /// Their name at that time.
    pub name: PersonName,
    /// What is done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Reason>,
}

/// How a critical result stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CriticalState {
    /// No doctor has acknowledged it.
    Open,
    /// A doctor has.
    Acknowledged,
}

impl CriticalResult {
    /// What is told of an order whose result has a critical value now. `earlier` is what was told of it before: a new value has to be acknowledged
    /// anew.
    #[must_use]
    pub fn of(order: &LabOrder, (result_id, result_version): (LabResultId, u64), now: Timestamp, earlier: Option<&Self>) -> Self {
        let listed = ListedCritical {
            order_id: order.listed.id,
            result_id,
            patient_id: order.listed.patient_id,
            patient_name: order.listed.patient_name.clone(),
            mrn: order.listed.mrn.clone(),
            test: order.listed.test.clone(),
            laboratory_id: order.laboratory_id,
            laboratory: order.laboratory.clone(),
            doctor_id: order.doctor_id,
            doctor_name: order.doctor_name.clone(),
            since: now,
        };
        let version = earlier.map_or(0, |earlier| earlier.version) + 1;
        Self { listed, result_version, escalated_at: None, acknowledged: None, version }
    }

    /// How it stands.
    #[must_use]
    pub const fn state(&self) -> CriticalState {
        if self.acknowledged.is_some() { CriticalState::Acknowledged } else { CriticalState::Open }
    }

    /// When the doctors on duty are told, unless somebody acknowledges it before.
    #[must_use]
    pub fn escalates_at(&self) -> Option<Timestamp> {
        let since = self.listed.since;
        let open = self.acknowledged.is_none() && self.escalated_at.is_none();
        open.then(|| since.saturating_add(ACKNOWLEDGE_WITHIN).unwrap_or(since))
    }
}
