//! Doctors' profiles and their directory.

use domain::{
    doctor::Doctor,
    id::DoctorId,
    money::Money,
    schedule::SlotLength,
    text::{PersonName, Specialization},
};
use serde::Deserialize;

use super::{IndexKey, Key, Record, Store, StoreError, keys};

impl Record for Doctor {
    const KIND: &'static str = "doctor";
    fn key(&self) -> Key {
        keys::doctor(self.id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        let sk = format!("{}{}#{}", keys::directory_prefix(&self.specialization), self.name.as_str().to_lowercase(), self.id);
        Some(IndexKey { pk: keys::DIRECTORY.to_owned(), sk })
    }
}

/// What the directory says of a doctor: the attributes that the index holds.
#[derive(Debug, Clone, Deserialize)]
pub struct DirectoryEntry {
    pub id: DoctorId,
    pub name: PersonName,
    pub specialization: Specialization,
    pub consultation_fee: Money,
    pub slot_length: SlotLength,
    /// Its place in the directory; continues a list.
    #[serde(rename = "gsi1sk")]
    pub position: String,
}

impl Store {
    pub async fn doctor(&self, id: DoctorId) -> Result<Option<Doctor>, StoreError> {
        self.get(&keys::doctor(id)).await
    }

    /// Doctors by specialization and name, after a position.
    pub async fn directory(
        &self,
        specialization: Option<&Specialization>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<DirectoryEntry>, StoreError> {
        let prefix = specialization.map(keys::directory_prefix).unwrap_or_default();
        let items = self.index_page(keys::DIRECTORY, &prefix, after, limit).await?;
        serde_dynamo::from_items(items).map_err(|error| StoreError::corrupt(Doctor::KIND, error))
    }
}
