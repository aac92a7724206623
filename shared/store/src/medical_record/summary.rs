//! The summary of a record, and the dashboard that is read with it.

use domain::{id::PatientId, record::Summary};
use jiff::{Timestamp, tz::TimeZone};

use super::RecordError;
use crate::{
    Key, Record, Store, StoreError,
    appointments::{AgendaEntry, day_entries, is_ahead},
    care::Care,
    from_item, keys, trail,
    transact::Transaction,
};

/// How many entries of the history are read at once.
const AT_ONCE: usize = 100;

// Its entries say who wrote what, so it has no origin of its own.
impl Record for Summary {
    const KIND: &'static str = "record_summary";
    fn key(&self) -> Key {
        keys::record_summary(self.patient_id)
    }
}

/// What a patient's dashboard shows.
#[derive(Debug)]
pub struct Dashboard {
    /// The appointments ahead, next first.
    pub appointments: Vec<AgendaEntry>,
    pub summary: Summary,
}

impl Store {
    /// The summary of a record, as it is now. Before anything was written through it, it holds the allergies of the history.
    pub async fn record_summary(&self, patient: PatientId) -> Result<Summary, StoreError> {
        match self.get(&keys::record_summary(patient)).await? {
            Some(summary) => Ok(summary),
            None => self.first_summary(patient).await,
        }
    }

    async fn first_summary(&self, patient: PatientId) -> Result<Summary, StoreError> {
        let (mut summary, mut before) = (Summary::new(patient), None);
        loop {
            let entries = self.history_list(patient, before, AT_ONCE).await?;
            for entry in &entries {
                // What is newest counts most, if there is no room for all.
                let _ = summary.show_allergy(entry);
            }
            before = entries.last().map(|entry| entry.id);
            if entries.len() < AT_ONCE {
                return Ok(summary);
            }
        }
    }

    /// Takes notice of what the patient has read.
    pub async fn record_read(&self, patient: PatientId, about: Option<&str>) -> Result<Summary, RecordError> {
        for _ in 0..super::TRIES {
            let mut summary = self.record_summary(patient).await?;
            let before = summary.unread.len();
            summary.unread.retain(|notice| about.is_some_and(|about| notice.about != about));
            if summary.unread.len() == before {
                return Ok(summary);
            }
            let mut transaction = self.transaction();
            write(&mut transaction, summary.clone(), || RecordError::Moved)?;
            match transaction.commit().await {
                Err(RecordError::Moved) => {}
                written => return written.map(|()| summary),
            }
        }
        Err(RecordError::Busy)
    }

    /// The appointments ahead and the summary, in one query. A change may show a moment later.
    pub async fn patient_dashboard(&self, patient: PatientId, now: Timestamp, zone: &TimeZone) -> Result<Dashboard, StoreError> {
        trail::patient(patient);
        let today = zone.to_datetime(now).date();
        let (mut appointments, mut summary) = (Vec::new(), None);
        for item in self.query(keys::dashboard(patient, today)).all().await? {
            if item.get("kind").and_then(|kind| kind.as_s().ok()).is_some_and(|kind| kind == Summary::KIND) {
                summary = Some(from_item(item)?);
            } else if Care::read(&item).is_none() {
                appointments.extend(day_entries(item)?);
            }
        }
        appointments.retain(|entry| is_ahead(entry, now));
        appointments.sort_by_key(|entry| (entry.slot.start, entry.id));
        let summary = match summary {
            Some(summary) => summary,
            None => self.first_summary(patient).await?,
        };
        Ok(Dashboard { appointments, summary })
    }
}

/// Writes a changed summary, if nobody has changed it since it was read.
pub(crate) fn write<E: From<StoreError>>(
    write: &mut Transaction<'_, E>,
    mut summary: Summary,
    moved: impl FnOnce() -> E + Send + 'static,
) -> Result<(), E> {
    let before = summary.version;
    summary.version += 1;
    write.write_from(&summary, before, move |_| moved())
}
