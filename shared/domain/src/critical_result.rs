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
/// How often they are told, each time after as long. The last time, the administrators are told, too.
pub const MOST_ESCALATIONS: u8 = 4;

/// A result with a critical value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriticalResult {
    /// What lists show.
    #[serde(rename = "entry")]
    pub listed: ListedCritical,
    /// The version of the result that has the critical value, or since which there is none.
    pub result_version: u64,
    /// How often the doctors on duty were told.
    #[serde(default)]
    pub escalations: u8,
    /// Why and since when no value is critical any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<(Gone, Timestamp)>,
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

/// Why no value is critical any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gone {
    /// The result has other values.
    Corrected,
    /// The specimen was rejected: there is no result.
    Withdrawn,
}

/// How a critical result stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CriticalState {
    /// No doctor has acknowledged it.
    Open,
    /// A doctor has.
    Acknowledged,
    /// The laboratory has corrected it: no value is critical any more.
    Corrected,
    /// The laboratory has rejected the specimen: there is no result.
    Withdrawn,
}

impl CriticalResult {
    /// What is told of an order whose result has a critical value now. `earlier` is what was told of it before. A new value has to be acknowledged
    /// anew, and has no more time than the one that nobody has acknowledged.
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
            since: earlier.filter(|earlier| earlier.is_open()).map_or(now, |earlier| earlier.listed.since),
        };
        let version = earlier.map_or(0, |earlier| earlier.version) + 1;
        Self { listed, result_version, escalations: 0, gone: None, acknowledged: None, version }
    }

    /// No value is critical any more. `None` when that is so already.
    #[must_use]
    pub fn no_longer(&self, why: Gone, result_version: u64, now: Timestamp) -> Option<Self> {
        let gone = || Self { result_version, gone: Some((why, now)), version: self.version + 1, ..self.clone() };
        self.gone.is_none().then(gone)
    }

    /// The doctors on duty are told.
    #[must_use]
    pub fn escalated(&self) -> Self {
        Self { escalations: self.escalations + 1, version: self.version + 1, ..self.clone() }
    }

    /// How it stands.
    #[must_use]
    pub const fn state(&self) -> CriticalState {
        match (&self.gone, &self.acknowledged) {
            (Some((Gone::Corrected, _)), _) => CriticalState::Corrected,
            (Some((Gone::Withdrawn, _)), _) => CriticalState::Withdrawn,
            (None, Some(_)) => CriticalState::Acknowledged,
            (None, None) => CriticalState::Open,
        }
    }

    /// Whether a doctor has to acknowledge it.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state(), CriticalState::Open)
    }

    /// When the doctors on duty are told next, unless somebody acknowledges it before.
    #[must_use]
    pub fn escalates_at(&self) -> Option<Timestamp> {
        let since = self.listed.since;
        let after = ACKNOWLEDGE_WITHIN * (i32::from(self.escalations) + 1);
        (self.is_open() && self.escalations < MOST_ESCALATIONS).then(|| since.saturating_add(after).unwrap_or(since))
    }
}
