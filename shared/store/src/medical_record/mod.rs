//! The medical record. Each entry is one item with what it says now. What it said before is kept beside it, one item for each version, and
//! the values that a graph shows are small items of their own. What has to be known at once is in the summary: every change of that goes
//! through the summary's version.

mod encounters;
mod lab_orders;
mod prescriptions;
mod summary;

pub use lab_orders::{Prescribed, Resulting};
pub use prescriptions::Answered;
pub use summary::Dashboard;
pub(crate) use summary::write as write_summary;

use std::time::Duration;

use domain::{
    id::{AppointmentId, DoctorId, EncounterId, PatientId},
    record::{Clinical, Entry, Full, Point, Summary, Waiting, prescribing::Hit, summary::Newest, vitals::VitalSign},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Key, Listed, Record, Store, StoreError, from_item,
    keys::{self, IndexKey},
    record::from_index,
    transact::{NEW, Transaction},
};

/// How often a change is tried again when the record is changed by others at the same moment.
const TRIES: u32 = 12;
/// The entry exists, and a point of it goes with it.
const THERE: &str = "attribute_exists(pk)";

impl<C: Clinical> Record for Entry<C> {
    const KIND: &'static str = C::KIND;
    fn key(&self) -> Key {
        keys::record_entry(self.patient_id, C::KIND, &self.id.to_string())
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient_id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        C::waits(self).map(|waits| keys::waiting_for_doctor(waits.doctor_id, C::KIND, waits.since, &waits.id))
    }
    fn entry(&self) -> Option<impl Serialize> {
        C::waits(self)
    }
    fn expires_at(&self) -> Option<Timestamp> {
        C::expires_at(self)
    }
}

/// An entry as it was in an earlier version.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
struct Earlier<C: Clinical>(Entry<C>);

impl<C: Clinical> Record for Earlier<C> {
    const KIND: &'static str = "earlier_version";
    fn key(&self) -> Key {
        keys::record_version(self.0.patient_id, C::KIND, &self.0.id.to_string(), self.0.version)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.0.patient_id)
    }
}

/// One value in a graph, and the entry that it is in. The entry says who wrote it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredPoint {
    patient_id: PatientId,
    id: String,
    #[serde(flatten)]
    pub point: Point,
}

impl Record for StoredPoint {
    const KIND: &'static str = "point";
    fn key(&self) -> Key {
        keys::record_point(self.patient_id, &self.point.code, self.point.at, &self.id)
    }
}

impl StoredPoint {
    /// The position after which a list continues.
    #[must_use]
    pub fn position(&self) -> String {
        self.key().sk
    }
}

/// Why the record was not changed. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("the entry has changed since it was read")]
    Stale,
    #[error("the record is changed by others at this moment")]
    Busy,
    #[error("the summary has no room for another one")]
    Full(Full),
    #[error("the patient has died")]
    Deceased,
    #[error("the encounter is signed, or not signed yet")]
    WrongState,
    #[error("the appointment has an encounter")]
    AlreadyHeld(EncounterId),
    #[error("the appointment is not being held")]
    NotHeld(AppointmentId),
    #[error("the laboratory has changed the test since it was read")]
    TestChanged,
    #[error("something speaks against the medicine")]
    Stopped(Vec<Hit>),
    /// The summary has changed since it was read.
    #[error("the summary has changed since it was read")]
    Moved,
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Also<'a, C> = &'a (dyn Fn(&mut Transaction<'_, RecordError>, &Entry<C>) -> Result<(), RecordError> + Sync);

impl Store {
    /// One entry, as it is now.
    pub async fn record_entry<C: Clinical>(&self, patient: PatientId, id: C::Id) -> Result<Option<Entry<C>>, StoreError> {
        self.get(&keys::record_entry(patient, C::KIND, &id.to_string())).await
    }

    /// Entries of one kind, newest first. Those that were entered in error are among them.
    pub async fn record_list<C: Clinical>(
        &self,
        patient: PatientId,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Entry<C>>, StoreError> {
        let found = self.query(keys::record_entries(patient, C::KIND, before)).latest_first(true).first(limit).await?;
        found.into_iter().map(from_item).collect()
    }

    /// The earlier versions of an entry, newest first.
    pub async fn record_versions<C: Clinical>(
        &self,
        patient: PatientId,
        id: C::Id,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Entry<C>>, StoreError> {
        let found = self.query(keys::record_versions(patient, C::KIND, &id.to_string(), before)).latest_first(true).first(limit).await?;
        found.into_iter().map(|item| from_item(item).map(|Earlier(entry)| entry)).collect()
    }

    /// The values of a code in a span of time, newest first.
    pub async fn record_points(
        &self,
        patient: PatientId,
        code: &str,
        (from, to): (Option<Timestamp>, Option<Timestamp>),
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredPoint>, StoreError> {
        let found = self.query(keys::record_points(patient, code, from, to, before)).latest_first(true).first(limit).await?;
        found.into_iter().map(from_item).collect()
    }

    /// The entries of a kind that wait for a doctor, oldest first.
    pub async fn record_waiting<C: Clinical>(
        &self,
        doctor: DoctorId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<Waiting>>, StoreError> {
        from_index::<Entry<C>, _>(self.query(keys::waiting_entries(doctor, C::KIND, after)).first(limit).await?)
    }

    /// Writes a new entry.
    pub async fn record_add<C: Clinical>(&self, entry: &Entry<C>) -> Result<(), RecordError> {
        self.record_write(entry.patient_id, None, &mut |_| Ok(entry.clone()), &|_, _| Ok(())).await.map(drop)
    }

    /// Writes a changed entry, and keeps what it was.
    pub async fn record_change<C: Clinical>(&self, before: &Entry<C>, after: &Entry<C>) -> Result<(), RecordError> {
        self.record_write(after.patient_id, Some(before), &mut |_| Ok(after.clone()), &|_, _| Ok(())).await.map(drop)
    }

    /// Writes an entry that is made from the summary, with the summary and everything else that follows. Tries again when the summary was
    /// changed meanwhile.
    async fn record_write<C: Clinical>(
        &self,
        patient: PatientId,
        before: Option<&Entry<C>>,
        make: &mut (dyn FnMut(&mut Summary) -> Result<Entry<C>, RecordError> + Send),
        also: Also<'_, C>,
    ) -> Result<Entry<C>, RecordError> {
        for attempt in 0..TRIES {
            let mut write = self.transaction();
            let mut summary = if C::IN_SUMMARY { self.record_summary(patient).await? } else { Summary::new(patient) };
            let after = make(&mut summary)?;
            entry_writes(&mut write, before, &after)?;
            if C::IN_SUMMARY {
                for sign in C::show(before, &after, &mut summary).map_err(RecordError::Full)? {
                    if let Some(newest) = self.newest_besides(&after, sign).await? {
                        summary.offer(sign, newest);
                    }
                }
                summary::write(&mut write, summary, || RecordError::Moved)?;
            }
            also(&mut write, &after)?;
            match write.commit().await {
                Err(RecordError::Moved) => {
                    // A random wait, so that those who changed the record together do not meet again.
                    let jitter = self.random.bytes::<1>().map_or(0, |[byte]| u64::from(byte));
                    tokio::time::sleep(Duration::from_millis(jitter >> (3 - attempt.min(3)))).await;
                }
                written => return written.map(|()| after),
            }
        }
        Err(RecordError::Busy)
    }

    /// The newest value of a vital sign that is in another entry.
    async fn newest_besides<C: Clinical>(&self, entry: &Entry<C>, sign: VitalSign) -> Result<Option<Newest>, StoreError> {
        let range = keys::record_points(entry.patient_id, sign.as_str(), None, None, None);
        let own = entry.id.to_string();
        // An entry has one value of a sign, before and after the change.
        for item in self.query(range).latest_first(true).consistent().first(2).await? {
            let StoredPoint { id, point, .. } = from_item(item)?;
            if let (false, Ok(id)) = (id == own, id.parse()) {
                #[expect(clippy::cast_possible_truncation, reason = "a whole number of tenths")]
                let tenths = (point.value * 10.0).round() as i32;
                return Ok(Some(Newest { id, at: point.at, tenths, flag: point.flag }));
            }
        }
        Ok(None)
    }
}

/// The writes of an entry itself: what it says now, what it said, and its points.
fn entry_writes<C: Clinical>(
    write: &mut Transaction<'_, RecordError>,
    before: Option<&Entry<C>>,
    after: &Entry<C>,
) -> Result<(), RecordError> {
    write.write_from(after, before.map_or(0, |before| before.version), |_| RecordError::Stale)?;
    if let Some(before) = before {
        write.put_new(&Earlier(before.clone()), |_| RecordError::Stale)?;
    }
    let (old, new) = (before.map(points).unwrap_or_default(), points(after));
    for point in old.iter().filter(|point| !new.iter().any(|other| other.key() == point.key())) {
        write.delete_if(&point.key(), THERE, &[], |_| RecordError::Stale)?;
    }
    for point in new.iter().filter(|point| !old.contains(point)) {
        let is_new = !old.iter().any(|other| other.key() == point.key());
        write.put_if(point, if is_new { NEW } else { THERE }, &[], |_| RecordError::Stale)?;
    }
    Ok(())
}

fn points<C: Clinical>(entry: &Entry<C>) -> Vec<StoredPoint> {
    let stored = |point| StoredPoint { patient_id: entry.patient_id, id: entry.id.to_string(), point };
    C::points(entry).into_iter().map(stored).collect()
}

/// Requires that the patient lives.
fn must_live(write: &mut Transaction<'_, RecordError>, patient: PatientId) -> Result<(), RecordError> {
    write.check(&keys::patient(patient), |check| check.condition_expression("attribute_not_exists(deceased)"), |_| RecordError::Deceased)
}
