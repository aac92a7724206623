//! Doctors' profiles and their directory.

use domain::{
    doctor::Doctor,
    id::{DoctorId, UserId},
    money::Money,
    schedule::SlotLength,
    text::{PersonName, Specialization},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    Key, Listed, Record, Store, StoreError, from_item,
    keys::{self, IndexKey},
    number,
    record::from_index,
};

impl Record for Doctor {
    const KIND: &'static str = "doctor";
    fn key(&self) -> Key {
        keys::doctor(self.id)
    }
    fn account(&self) -> Option<UserId> {
        Some(self.user_id)
    }
    /// Whoever takes no appointments is not in the directory.
    fn index_key(&self) -> Option<IndexKey> {
        self.active.then(|| keys::listed_doctor(&self.specialization, &self.name, self.id))
    }
    fn entry(&self) -> Option<impl Serialize> {
        self.active.then(|| DirectoryEntry {
            id: self.id,
            name: self.name.clone(),
            specialization: self.specialization.clone(),
            consultation_fee: self.terms.consultation_fee,
            slot_length: self.terms.slot_length,
            later: self.later.iter().map(|later| (later.from, later.terms.consultation_fee, later.terms.slot_length)).collect(),
        })
    }
}

/// What the directory shows of a doctor.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DirectoryEntry {
    pub id: DoctorId,
    pub name: PersonName,
    pub specialization: Specialization,
    pub consultation_fee: Money,
    pub slot_length: SlotLength,
    /// Fee and slot length from a later day on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<(Date, Money, SlotLength)>,
}

impl DirectoryEntry {
    /// What one appointment on a day costs, and how long it lasts.
    #[must_use]
    pub fn on(&self, day: Date) -> (Money, SlotLength) {
        let later = self.later.iter().rev().find(|(from, ..)| *from <= day);
        later.map_or((self.consultation_fee, self.slot_length), |(_, fee, length)| (*fee, *length))
    }
}

impl Store {
    /// Writes a changed profile. `false` when it has changed since it was read.
    pub async fn doctor_change(&self, before: &Doctor, after: &Doctor) -> Result<bool, StoreError> {
        self.put_where(after, "version = :before", &[(":before", number(before.version))]).await
    }

    pub async fn doctor(&self, id: DoctorId) -> Result<Option<Doctor>, StoreError> {
        self.get(&keys::doctor(id)).await
    }

    /// A doctor for a search, half a moment old at most: a booking reads them again.
    pub async fn doctor_for_search(&self, id: DoctorId) -> Result<Option<Doctor>, StoreError> {
        let found = self.query(keys::doctor_profile(id)).first(1).await?;
        found.into_iter().next().map(from_item).transpose()
    }

    /// Doctors by specialization and name, after a position in the list.
    pub async fn doctor_list(
        &self,
        specialization: Option<&Specialization>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<DirectoryEntry>>, StoreError> {
        from_index::<Doctor, _>(self.query(keys::directory(specialization, after)).first(limit).await?)
    }
}
