//! Patients' records.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::{id::PatientId, patient::Patient};

use super::{Key, Record, Store, StoreError, keys, number, to_item};

impl Record for Patient {
    const KIND: &'static str = "patient";
    fn key(&self) -> Key {
        keys::patient(self.id)
    }
}

impl Store {
    pub async fn patient(&self, id: PatientId) -> Result<Option<Patient>, StoreError> {
        self.get(&keys::patient(id)).await
    }

    /// Writes a changed record (its version already counted up) over the one before it. `false` when that has changed.
    pub async fn replace_patient(&self, patient: &Patient) -> Result<bool, StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(to_item(patient)?))
            .condition_expression("version = :before")
            .expression_attribute_values(":before", number(patient.version - 1))
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .send()
            .await;
        match put {
            Ok(output) => {
                self.meter.write_units(output.consumed_capacity());
                Ok(true)
            }
            Err(error) => StoreError::unless_condition_failed(error).map(|()| false),
        }
    }
}
