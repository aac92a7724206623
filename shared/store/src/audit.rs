//! The audit log: entries are added and read, never changed. No function's role may update or delete one.
//!
//! An entry is in one of the partitions of its day, so that a day can be closed and sealed later. Two indexes find it by patient
//! and by actor.

use domain::{
    audit::Entry,
    id::{PatientId, UserId},
};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::{
    Item, Key, Record, Store, StoreError, from_item,
    keys::{self, IndexKey},
    record::from_index_item,
};
use crate::trail::{self, TableAction};

/// How many entries are added at the same time.
const AT_ONCE: usize = 8;

/// An entry as stored: in one attribute, which the indexes project.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredEntry {
    pub entry: Entry,
}

impl Record for StoredEntry {
    const KIND: &'static str = "audit";
    fn key(&self) -> Key {
        keys::audit(&self.entry)
    }
    fn index_key(&self) -> Option<IndexKey> {
        self.entry.patient.map(|patient| keys::listed_audit(&self.entry, patient))
    }
    fn actor_index_key(&self) -> Option<IndexKey> {
        self.entry.actor.map(|actor| keys::listed_audit_by_actor(&self.entry, actor))
    }
}

/// Whose entries to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Patient(PatientId),
    Actor(UserId),
    Everything,
}

/// Which entries to read: from an instant on, and before a place in the log.
#[derive(Debug, Clone)]
pub struct Span {
    pub from: Timestamp,
    /// Entries before this place; see [`Span::before`] and [`place`].
    pub to: String,
}

impl Span {
    /// Entries from an instant on, and before another.
    #[must_use]
    pub fn before(from: Timestamp, to: Timestamp) -> Self {
        Self { from, to: keys::audit_time(to) }
    }
}

/// The end of a span that includes now.
#[must_use]
pub fn just_after(now: Timestamp) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(now)
}

/// Where an entry is in the log. A list continues from there.
#[must_use]
pub fn place(entry: &Entry) -> String {
    keys::audit(entry).sk
}

impl Store {
    /// Adds entries. An entry that exists already stays as it is.
    pub async fn audit_append(&self, entries: Vec<Entry>) -> Result<(), StoreError> {
        let mut adding = JoinSet::new();
        let mut outcome = Ok(());
        for entry in entries {
            if adding.len() == AT_ONCE
                && let Some(added) = adding.join_next().await
            {
                outcome = outcome.and(flat(added));
            }
            let store = self.clone();
            // The put below runs on a task of its own, which has no trail.
            trail::touched(TableAction::Put, &keys::audit(&entry).pk);
            adding.spawn(async move { store.put_new(&StoredEntry { entry }).await.map(drop) });
        }
        while let Some(added) = adding.join_next().await {
            outcome = outcome.and(flat(added));
        }
        outcome
    }

    /// Entries of a span, latest first.
    pub async fn audit_list(&self, about: About, span: &Span, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let range = match about {
            About::Patient(id) => keys::audit_of_patient(id, span.from, &span.to),
            About::Actor(id) => keys::audit_of_actor(id, span.from, &span.to),
            About::Everything => return self.audit_days(span, limit).await,
        };
        let found = self.query(range).latest_first(true).first(limit).await?;
        found.into_iter().map(from_index_item::<StoredEntry, _>).collect()
    }

    async fn audit_days(&self, span: &Span, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let day = |at: Timestamp| TimeZone::UTC.to_datetime(at).date();
        let first = day(span.from);
        let mut at: Date = span.to.get(..10).and_then(|text| text.parse().ok()).unwrap_or(first);
        let mut entries = Vec::new();
        while at >= first && entries.len() < limit {
            let mut of_day: Vec<(Option<String>, Item)> = Vec::new();
            for shard in 0..keys::AUDIT_SHARDS {
                let range = keys::audit_of_day(at, shard, span.from, &span.to);
                let found = self.query(range).latest_first(true).first(limit - entries.len()).await?;
                of_day.extend(found.into_iter().map(|item| (sort_key(&item), item)));
            }
            of_day.sort_by(|(one, _), (other, _)| other.cmp(one));
            for (_, item) in of_day {
                entries.push(from_item::<StoredEntry>(item)?.entry);
            }
            entries.truncate(limit);
            at = at.saturating_sub(1.day());
        }
        Ok(entries)
    }
}

fn sort_key(item: &Item) -> Option<String> {
    item.get("sk").and_then(|sk| sk.as_s().ok()).cloned()
}

fn flat(added: Result<Result<(), StoreError>, tokio::task::JoinError>) -> Result<(), StoreError> {
    added.unwrap_or_else(|crash| Err(StoreError::Unavailable(Box::new(crash))))
}
