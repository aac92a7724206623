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
    Key, Listed, Record, Store, StoreError,
    admissions::must_live,
    bed_requests::forget,
    keys::{self, IndexKey},
    presence::{Whereabouts, come, go},
    record::from_index,
    text,
    transact::Transaction,
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
    /// Since when the patient has been at least as urgent as each level: see [`EmergencyCase::clocks`].
    pub clocks: Vec<(TriageLevel, Timestamp)>,
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
            clocks: self.clocks(),
            doctor_name: self.doctor().map(|doctor| doctor.name),
        })
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
    /// They wait for this bed, and no longer for the one that was read.
    From {
        before: Option<&'a BedRequest>,
        request: &'a BedRequest,
    },
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
    #[error("what the patient waits for has changed since it was read")]
    ListChanged,
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
        match self.presence(patient).await? {
            Some(Whereabouts::Emergency(id)) => self.emergency_case(id).await,
            _ => Ok(None),
        }
    }

    /// The cases that stand like this: the most urgent one first, and of equals the one that came first.
    pub async fn case_list(&self, status: CaseStatus, after: Option<&str>, limit: usize) -> Result<Vec<Listed<CaseEntry>>, StoreError> {
        from_index::<EmergencyCase, _>(self.query(keys::cases(status, after)).first(limit).await?)
    }

    /// Writes a case, and what becomes of the patient on the lists for a bed. Not one that leads to a stay.
    pub async fn case_write(&self, case: CaseWrite<'_>, in_bed_list: InBedList<'_>) -> Result<(), CaseError> {
        let mut write = self.transaction();
        match case {
            CaseWrite::New(case) => {
                come(&mut write, case.patient_id, None, Whereabouts::Emergency(case.id), |there| match there {
                    Some(Whereabouts::Emergency(id)) => CaseError::Open(id),
                    Some(Whereabouts::Bed(id)) => CaseError::Admitted(id),
                    None => CaseError::Stale,
                })?;
                must_live(&mut write, case.patient_id, || CaseError::Deceased)?;
            }
            CaseWrite::Changed { before, after } if after.closed.is_some() && before.closed.is_none() => {
                go(&mut write, after.patient_id, Whereabouts::Emergency(after.id), || CaseError::Stale)?;
            }
            CaseWrite::Changed { .. } => {}
        }
        write_case(&mut write, &case)?;
        match in_bed_list {
            InBedList::AsBefore => {}
            InBedList::From { before, request } => match before {
                Some(before) => write.put_if(request, "id = :id", &[(":id", text(before.id))], |_| CaseError::ListChanged)?,
                None => write.put_new(request, |_| CaseError::ListChanged)?,
            },
            InBedList::NoLonger(request) => forget(&mut write, request, || CaseError::ListChanged)?,
        }
        write.commit().await
    }
}

/// The case itself.
pub(super) fn write_case<E: From<StoreError> + From<CaseError> + 'static>(
    write: &mut Transaction<'_, E>,
    case: &CaseWrite<'_>,
) -> Result<(), E> {
    match *case {
        CaseWrite::New(case) => write.put_new(case, |_| CaseError::Stale.into()),
        CaseWrite::Changed { before, after } => write.replace(after, before.version, |_| CaseError::Stale.into()),
    }
}
