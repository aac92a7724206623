//! Patients' records.

use domain::{id::PatientId, patient::Patient};

use super::{Key, Record, Store, StoreError, keys, number};

impl Record for Patient {
    const KIND: &'static str = "patient";
    const STAMPED: bool = true;
    fn key(&self) -> Key {
        keys::patient(self.id)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.id)
    }
}

impl Store {
    pub async fn patient(&self, id: PatientId) -> Result<Option<Patient>, StoreError> {
        self.get(&keys::patient(id)).await
    }

    /// Writes a changed record (its version already counted up) over the one before it. `false` when that has changed.
    pub async fn replace_patient(&self, patient: &Patient) -> Result<bool, StoreError> {
        let before = [(":before", number(patient.version - 1))];
        if self.put_where(patient, "version = :before", &before).await? {
            return Ok(true);
        }
        Ok(self.patient(patient.id).await?.as_ref() == Some(patient))
    }
}
