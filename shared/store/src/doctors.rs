//! Doctors' profiles and their directory.

use domain::{
    doctor::Doctor,
    id::{DoctorId, UserId},
    money::Money,
    schedule::SlotLength,
    text::{PersonName, Specialization},
};
use serde::{Deserialize, Serialize};

use super::{
    Key, Listed, Record, Store, StoreError,
    keys::{self, IndexKey},
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
    fn index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_doctor(&self.specialization, &self.name, self.id))
    }
    fn entry(&self) -> Option<impl Serialize> {
        Some(DirectoryEntry {
            id: self.id,
            name: self.name.clone(),
            specialization: self.specialization.clone(),
            consultation_fee: self.consultation_fee,
            slot_length: self.slot_length,
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
}

impl Store {
    pub async fn doctor(&self, id: DoctorId) -> Result<Option<Doctor>, StoreError> {
        self.get(&keys::doctor(id)).await
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
