//! Doctors' profiles and their directory.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::{
    doctor::Doctor,
    id::DoctorId,
    money::Money,
    schedule::SlotLength,
    text::{PersonName, Specialization},
};
use serde::Deserialize;

use super::{INDEX, IndexKey, Key, Record, Store, StoreError, keys, text};

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
        // One more character leaves out the position itself.
        let from = after.map_or(prefix.clone(), |position| format!("{position} "));
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(INDEX)
            .key_condition_expression("gsi1pk = :directory AND gsi1sk BETWEEN :from AND :to")
            .expression_attribute_values(":directory", text(keys::DIRECTORY))
            .expression_attribute_values(":from", text(if from.is_empty() { " ".to_owned() } else { from }))
            .expression_attribute_values(":to", text(format!("{prefix}\u{10FFFF}")))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .send()
            .await?;
        self.meter.read_units(output.consumed_capacity());
        serde_dynamo::from_items(output.items.unwrap_or_default()).map_err(|error| StoreError::corrupt(Doctor::KIND, error))
    }
}
