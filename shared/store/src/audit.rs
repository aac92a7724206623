//! The audit log: entries are added and read, never changed. No function's role may update or delete one.
//!
//! An entry lies in one of the partitions of its day, so that a day can be closed and sealed, and two indexes find it by the
//! patient and by the actor.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::{
    audit::Entry,
    id::{PatientId, UserId},
};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::{ACTOR_INDEX, INDEX, IndexKey, Item, Key, Record, Store, StoreError, from_item, keys, text};

/// How many entries are being added at once.
const AT_ONCE: usize = 8;

/// An entry as stored: in one attribute, which the indexes hold.
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
        self.entry.patient.map(|patient| IndexKey { pk: keys::audit_of_patient(patient), sk: self.key().sk })
    }
    fn actor_index_key(&self) -> Option<IndexKey> {
        self.entry.actor.map(|actor| IndexKey { pk: keys::audit_of_actor(actor), sk: self.key().sk })
    }
}

/// Whose entries to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Patient(PatientId),
    Actor(UserId),
    Everything,
}

/// Which of them: from an instant on, and before a place in the log.
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

/// Where an entry lies; continues a list.
#[must_use]
pub fn place(entry: &Entry) -> String {
    keys::audit(entry).sk
}

impl Store {
    /// Adds entries. An entry that is there already stays as it is.
    pub async fn append_to_audit_log(&self, entries: Vec<Entry>) -> Result<(), StoreError> {
        let mut adding = JoinSet::new();
        let mut outcome = Ok(());
        for entry in entries {
            if adding.len() == AT_ONCE
                && let Some(added) = adding.join_next().await
            {
                outcome = outcome.and(flat(added));
            }
            let store = self.clone();
            adding.spawn(async move { store.put_new(&StoredEntry { entry }).await.map(drop) });
        }
        while let Some(added) = adding.join_next().await {
            outcome = outcome.and(flat(added));
        }
        outcome
    }

    /// Entries of a span, latest first.
    pub async fn audit_log(&self, about: About, span: &Span, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let items = match about {
            About::Patient(id) => self.audit_page(Some((INDEX, "gsi1")), &keys::audit_of_patient(id), span, limit).await?,
            About::Actor(id) => self.audit_page(Some((ACTOR_INDEX, "gsi2")), &keys::audit_of_actor(id), span, limit).await?,
            About::Everything => self.audit_days(span, limit).await?,
        };
        let entries = items.into_iter().map(|mut item| {
            // The indexes hold the entry alone.
            item.insert("kind".to_owned(), text(StoredEntry::KIND));
            from_item::<StoredEntry>(item).map(|stored| stored.entry)
        });
        entries.collect()
    }

    async fn audit_days(&self, span: &Span, limit: usize) -> Result<Vec<Item>, StoreError> {
        let day = |at: Timestamp| TimeZone::UTC.to_datetime(at).date();
        let first = day(span.from);
        let mut at: Date = span.to.get(..10).and_then(|text| text.parse().ok()).unwrap_or(first);
        let mut items = Vec::new();
        while at >= first && items.len() < limit {
            let mut of_day = Vec::new();
            for shard in 0..keys::AUDIT_SHARDS {
                of_day.extend(self.audit_page(None, &keys::audit_of_day(&at.to_string(), shard), span, limit - items.len()).await?);
            }
            of_day.sort_by(|one, other| sort_key(other).cmp(&sort_key(one)));
            items.extend(of_day);
            items.truncate(limit);
            at = at.saturating_sub(1.day());
        }
        Ok(items)
    }

    async fn audit_page(&self, index: Option<(&str, &str)>, pk: &str, span: &Span, limit: usize) -> Result<Vec<Item>, StoreError> {
        let prefix = index.map(|(_, prefix)| prefix).unwrap_or_default();
        let (from, to) = (keys::audit_time(span.from), keys::just_before(&span.to));
        if to < from {
            return Ok(Vec::new());
        }
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .set_index_name(index.map(|(name, _)| name.to_owned()))
            .key_condition_expression(format!("{prefix}pk = :pk AND {prefix}sk BETWEEN :from AND :to"))
            .expression_attribute_values(":pk", text(pk))
            .expression_attribute_values(":from", text(from))
            .expression_attribute_values(":to", text(to))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .send()
            .await?;
        self.meter.read_units(output.consumed_capacity());
        Ok(output.items.unwrap_or_default())
    }
}

fn sort_key(item: &Item) -> Option<&String> {
    item.get("sk").and_then(|sk| sk.as_s().ok())
}

fn flat(added: Result<Result<(), StoreError>, tokio::task::JoinError>) -> Result<(), StoreError> {
    added.unwrap_or_else(|crash| Err(StoreError::Unavailable(Box::new(crash))))
}
