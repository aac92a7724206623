//! Patients' medical history.

use std::collections::BTreeMap;

use domain::{
    history::{Asked, Entry, HistoryKind, Note},
    id::{HistoryId, PatientId},
    record::Full,
};

use super::{Key, Record, Store, StoreError, from_item, keys, medical_record, transact::Transaction};

/// How often an entry is withdrawn when the record is changed by others at the same moment.
const TRIES: usize = 8;

impl Record for Entry {
    const KIND: &'static str = "history";
    fn key(&self) -> Key {
        keys::history(self.patient_id, self.id)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient_id)
    }
}

impl Record for Asked {
    const KIND: &'static str = "history_asked";
    fn key(&self) -> Key {
        keys::history_asked(self.patient_id)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient_id)
    }
}

/// Why the history was not changed. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error("the history has changed since it was read")]
    Stale,
    #[error("the summary of the record has changed since it was read")]
    Moved,
    #[error("the summary of the record has no room for another allergy")]
    Full(Full),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// One entry.
    pub async fn history_entry(&self, patient: PatientId, id: HistoryId) -> Result<Option<Entry>, StoreError> {
        self.get(&keys::history(patient, id)).await
    }

    /// Entries, latest first.
    pub async fn history_list(&self, patient: PatientId, before: Option<HistoryId>, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let found = self.query(keys::histories(patient, before)).latest_first(true).first(limit).await?;
        found.into_iter().map(from_item).collect()
    }

    /// What was asked. Before anything was, nothing is.
    pub async fn history_asked(&self, patient: PatientId) -> Result<Asked, StoreError> {
        let found = self.get(&keys::history_asked(patient)).await?;
        Ok(found.unwrap_or(Asked { patient_id: patient, none_known: BTreeMap::new(), version: 0 }))
    }

    /// Adds an entry. Its kind is no longer one of which none is known, and an allergy is in the summary of the record.
    pub async fn history_add(&self, entry: &Entry, asked: Asked) -> Result<(), HistoryError> {
        let mut write = self.transaction();
        self.show_allergy(&mut write, entry).await?;
        write.put_new(entry, |_| HistoryError::Stale)?;
        change_asked(&mut write, asked, |none_known| drop(none_known.remove(&entry.kind)))?;
        write.commit().await
    }

    /// Notes that none of a kind is known, if the history has not changed since it was read.
    pub async fn history_none_known(&self, kind: HistoryKind, note: Note, asked: Asked) -> Result<(), HistoryError> {
        let mut write = self.transaction();
        change_asked(&mut write, asked, |none_known| drop(none_known.insert(kind, note)))?;
        write.commit().await
    }

    /// Withdraws an entry, whose version has been raised.
    pub async fn history_withdraw(&self, entry: &Entry) -> Result<(), HistoryError> {
        for _ in 0..TRIES {
            let mut write = self.transaction();
            write.replace(entry, entry.version - 1, |_| HistoryError::Stale)?;
            self.show_allergy(&mut write, entry).await?;
            match write.commit().await {
                Err(HistoryError::Moved) => {}
                written => return written,
            }
        }
        Err(HistoryError::Moved)
    }

    /// Makes the summary of the record show what an entry says of an allergy.
    async fn show_allergy(&self, write: &mut Transaction<'_, HistoryError>, entry: &Entry) -> Result<(), HistoryError> {
        if entry.kind != HistoryKind::Allergy {
            return Ok(());
        }
        let mut summary = self.record_summary(entry.patient_id).await?;
        summary.show_allergy(entry).map_err(HistoryError::Full)?;
        medical_record::write_summary(write, summary, || HistoryError::Moved)
    }
}

fn change_asked(
    write: &mut Transaction<'_, HistoryError>,
    mut asked: Asked,
    change: impl FnOnce(&mut BTreeMap<HistoryKind, Note>),
) -> Result<(), HistoryError> {
    let before = asked.version;
    change(&mut asked.none_known);
    asked.version += 1;
    write.write_from(&asked, before, |_| HistoryError::Stale)
}
