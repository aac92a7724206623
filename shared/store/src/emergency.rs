//! Emergencies. A patient has one item that says that they are an emergency now, so nobody is in the queue twice.

use domain::{
    bed_request::BedRequest,
    emergency::{CaseStatus, EmergencyCase},
    id::{AdmissionId, CaseId, PatientId},
    mrn::Mrn,
    text::{PersonName, Reason},
    triage::TriageLevel,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Item, Key, Listed, Record, Store, StoreError,
    admissions::must_live,
    bed_requests::forget,
    from_item,
    keys::{self, IndexKey},
    record::from_index,
    transact::{NEW, Transaction},
};

/// A case in the queue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CaseEntry {
    pub id: CaseId,
    pub patient_id: PatientId,
    pub patient_name: PersonName,
    pub mrn: Mrn,
    pub complaint: Reason,
    pub level: TriageLevel,
    pub critical: bool,
    pub arrived_at: Timestamp,
    pub counts_from: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doctor_name: Option<PersonName>,
}

impl Record for EmergencyCase {
    const KIND: &'static str = "emergency_case";
    fn key(&self) -> Key {
        keys::emergency_case(self.id)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient_id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        (self.status() != CaseStatus::Closed).then(|| keys::listed_case(self.status(), &self.place()))
    }
    fn entry(&self) -> Option<impl Serialize> {
        (self.status() != CaseStatus::Closed).then(|| CaseEntry {
            id: self.id,
            patient_id: self.patient_id,
            patient_name: self.patient_name.clone(),
            mrn: self.mrn.clone(),
            complaint: self.complaint.clone(),
            level: self.level(),
            critical: self.is_critical(),
            arrived_at: self.arrived_at,
            counts_from: self.counts_from,
            doctor_name: self.seen.as_ref().map(|seen| seen.doctor.name.clone()),
        })
    }
}

/// That a patient is an emergency now.
#[derive(Debug, Serialize, Deserialize)]
struct Emergency {
    patient_id: PatientId,
    case_id: CaseId,
}

impl Record for Emergency {
    const KIND: &'static str = "emergency";
    fn key(&self) -> Key {
        keys::emergency(self.patient_id)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient_id)
    }
}

/// What becomes of a case.
#[derive(Debug, Clone, Copy)]
pub enum CaseWrite<'a> {
    /// It is opened.
    New(&'a EmergencyCase),
    /// It changes.
    Changed { before: &'a EmergencyCase, after: &'a EmergencyCase },
}

/// What becomes of a patient on the lists for a bed.
#[derive(Debug, Clone, Copy)]
pub enum InBedList<'a> {
    AsBefore,
    /// They wait for this bed, and for no other one.
    From(&'a BedRequest),
    /// They wait for this bed no longer.
    NoLonger(&'a BedRequest),
}

/// Why a case was not written. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    #[error("the patient is an emergency already")]
    Open(CaseId),
    #[error("the patient lies in the hospital")]
    Admitted(AdmissionId),
    #[error("the patient has died")]
    Deceased,
    #[error("the case has changed since it was read")]
    Stale,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// A case.
    pub async fn emergency_case(&self, id: CaseId) -> Result<Option<EmergencyCase>, StoreError> {
        self.get(&keys::emergency_case(id)).await
    }

    /// The case of a patient who is an emergency now.
    pub async fn current_case(&self, patient: PatientId) -> Result<Option<EmergencyCase>, StoreError> {
        match self.get::<Emergency>(&keys::emergency(patient)).await? {
            Some(emergency) => self.emergency_case(emergency.case_id).await,
            None => Ok(None),
        }
    }

    /// The cases that stand like this: the most urgent one first, and of equals the one that came first.
    pub async fn case_list(&self, status: CaseStatus, after: Option<&str>, limit: usize) -> Result<Vec<Listed<CaseEntry>>, StoreError> {
        from_index::<EmergencyCase, _>(self.query(keys::cases(status, after)).first(limit).await?)
    }

    /// Writes a case, and what becomes of the patient on the lists for a bed.
    pub async fn case_write(&self, case: CaseWrite<'_>, in_bed_list: InBedList<'_>) -> Result<(), CaseError> {
        let mut write = self.transaction();
        if let CaseWrite::New(case) = case {
            let free = |check: aws_sdk_dynamodb::types::builders::ConditionCheckBuilder| check.condition_expression(NEW);
            write.check(&keys::stay(case.patient_id), free, |there| {
                let id = there.get("admission_id").and_then(|id| id.as_s().ok()).and_then(|id| id.parse().ok());
                id.map_or(CaseError::Stale, CaseError::Admitted)
            })?;
            must_live(&mut write, case.patient_id, || CaseError::Deceased)?;
        }
        write_case(&mut write, &case)?;
        match in_bed_list {
            InBedList::AsBefore => {}
            InBedList::From(request) => {
                write.put_if(request, "attribute_not_exists(pk) OR attribute_exists(pk)", &[], |_| CaseError::Stale)?;
            }
            InBedList::NoLonger(request) => forget(&mut write, request, || CaseError::Stale)?,
        }
        write.commit().await
    }
}

/// The case itself, and that the patient is an emergency now or no longer.
pub(super) fn write_case<E: From<StoreError> + From<CaseError> + 'static>(
    write: &mut Transaction<'_, E>,
    case: &CaseWrite<'_>,
) -> Result<(), E> {
    match *case {
        CaseWrite::New(case) => {
            let open = |there: Item| match from_item::<Emergency>(there) {
                Ok(emergency) => CaseError::Open(emergency.case_id).into(),
                Err(error) => error.into(),
            };
            if case.status() == CaseStatus::Closed {
                // The patient got a bed at once.
                write.check(&keys::emergency(case.patient_id), |check| check.condition_expression(NEW), open)?;
            } else {
                write.put_new(&Emergency { patient_id: case.patient_id, case_id: case.id }, open)?;
            }
            write.put_new(case, |_| CaseError::Stale.into())
        }
        CaseWrite::Changed { before, after } => {
            write.replace(after, before.version, |_| CaseError::Stale.into())?;
            if after.status() == CaseStatus::Closed && before.status() != CaseStatus::Closed {
                write.delete_if(&keys::emergency(after.patient_id), "attribute_exists(pk)", &[], |_| CaseError::Stale.into())?;
            }
            Ok(())
        }
    }
}
