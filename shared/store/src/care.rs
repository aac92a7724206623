//! Because of what else than an appointment a doctor treats a patient: a stay for which they are responsible, an emergency that they have seen.
//! It ends some time after the stay or the emergency.

use domain::{
    id::{DoctorId, PatientId},
    schedule::Slot,
    treating::AFTERWARDS,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Item, Key, Record, Store, StoreError, from_item, keys};

/// Longer than any stay.
const GOES_ON: SignedDuration = SignedDuration::from_hours(100 * 365 * 24);

/// A doctor treats a patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Care {
    pub doctor_id: DoctorId,
    pub patient_id: PatientId,
    /// The id of the stay or the emergency.
    pub cause: String,
    pub from: Timestamp,
    /// `None` while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

impl Record for Care {
    const KIND: &'static str = "care";
    fn key(&self) -> Key {
        keys::care(self.patient_id, self.doctor_id, &self.cause)
    }
    fn expires_at(&self) -> Option<Timestamp> {
        self.to.and_then(|to| to.checked_add(AFTERWARDS).ok())
    }
}

impl Care {
    /// Reads an item that may be one.
    pub(super) fn read(item: &Item) -> Option<Result<Self, StoreError>> {
        let is_one = item.get("kind").and_then(|kind| kind.as_s().ok()).is_some_and(|kind| kind == Self::KIND);
        is_one.then(|| from_item(item.clone()))
    }

    /// The time of it. While it goes on, it has no end that anybody lives to see.
    pub(super) fn slot(&self) -> Slot {
        Slot { start: self.from, end: self.to.unwrap_or_else(|| self.from.saturating_add(GOES_ON).unwrap_or(Timestamp::MAX)) }
    }
}

impl Store {
    /// Notes that a doctor treats a patient, or since when they no longer do.
    pub async fn care_put(&self, care: &Care) -> Result<(), StoreError> {
        self.put(care).await
    }
}
