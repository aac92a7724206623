//! The patients whom a doctor treats, as a list. Whether a doctor may see a patient is judged by the appointments themselves: see
//! [`Store::patient_is_treated_by`]. The list follows them from the stream and is a moment late.

use domain::{
    id::{DoctorId, PatientId},
    mrn::Mrn,
    patient::Patient,
    text::PersonName,
    treating::AFTERWARDS,
};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    Key, Listed, Record, Store, StoreError,
    keys::{self, IndexKey},
    number,
    record::from_index,
    transact::NEW,
};

/// How often the line is written again when the appointments change at the same moment.
const TRIES: usize = 8;

/// A patient in a doctor's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreatedPatient {
    pub doctor_id: DoctorId,
    pub patient_id: PatientId,
    pub mrn: Mrn,
    pub name: PersonName,
    /// When their latest appointment begins, whether it is over or lies ahead.
    pub latest: Timestamp,
    /// When the doctor no longer treats them. Without an appointment, in the past.
    pub until: Timestamp,
    /// Grows with each change of the line.
    pub version: u64,
}

impl Record for TreatedPatient {
    const KIND: &'static str = "treated_patient";
    fn key(&self) -> Key {
        keys::treated_patient(self.doctor_id, self.patient_id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_treated_patient(self.doctor_id, &self.name, self.patient_id))
    }
    fn entry(&self) -> Option<impl Serialize> {
        Some(self)
    }
    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.until)
    }
}

impl Store {
    /// Makes a doctor's list show a patient as their appointments call for now.
    pub async fn treated_follow(&self, doctor: DoctorId, patient: &Patient, now: Timestamp, zone: &TimeZone) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            // The line first: if the appointments change after they were read, somebody else has written the line meanwhile or will do so.
            let before: Option<TreatedPatient> = self.get(&keys::treated_patient(doctor, patient.id)).await?;
            let version = before.as_ref().map_or(0, |line| line.version);
            let latest = self.patient_treatment(doctor, patient.id, now, zone).await?;
            let (mrn, name) = (patient.mrn.clone(), patient.name.clone());
            let (latest, until) = match (latest, &before) {
                (Some(slot), _) => (slot.start, slot.end.saturating_add(AFTERWARDS).unwrap_or(slot.end)),
                (None, Some(before)) => (before.latest, now.min(before.until)),
                (None, None) => return Ok(()),
            };
            let after = TreatedPatient { doctor_id: doctor, patient_id: patient.id, mrn, name, latest, until, version: version + 1 };
            if before.is_some_and(|before| TreatedPatient { version: after.version, ..before } == after) {
                return Ok(());
            }
            let condition = if version == 0 { NEW } else { "version = :before" };
            let values = [(":before", number(version))];
            if self.put_where(&after, condition, values.get(usize::from(version == 0)..).unwrap_or_default()).await? {
                return Ok(());
            }
        }
        Err(StoreError::Unavailable("the list of treated patients is changed by others at this moment".into()))
    }

    /// The patients whom a doctor treats, by name.
    pub async fn treated_list(
        &self,
        doctor: DoctorId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<TreatedPatient>>, StoreError> {
        from_index::<TreatedPatient, _>(self.query(keys::treated_patients(doctor, after)).first(limit).await?)
    }
}
