//! Patients' profiles.

use domain::{id::PatientId, patient::Patient};

use super::{Key, Record, Store, StoreError, keys};

impl Record for Patient {
    const KIND: &'static str = "patient";
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

    /// Writes a changed profile, whose version has been raised. `false` when the stored one has changed meanwhile.
    pub async fn patient_replace(&self, patient: &Patient) -> Result<bool, StoreError> {
        self.replace(patient, patient.version - 1).await
    }
}
