use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::PatientId;
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use super::{Item, Key, StoreError, number, text};
use crate::trail::{self, Origin};

/// Who wrote an item, where that is kept.
const ORIGIN: &str = "origin";

/// A type that is stored as one item. Attributes beside its own: `pk`, `sk`, `kind`, `v`, and `gsi1pk`, `gsi1sk`, `gsi2pk`,
/// `gsi2sk`, `ttl`, `origin` where it has them.
pub trait Record: Serialize + DeserializeOwned {
    /// Tells items apart in the table, in the stream and in its filters.
    const KIND: &'static str;
    /// Grows when the stored shape changes.
    const VERSION: u32 = 1;
    /// Whether who wrote it is kept with it, for the audit log, as the attribute `origin`.
    const STAMPED: bool = false;

    /// Where it is.
    fn key(&self) -> Key;

    /// The patient whose data it is. A request that reads it by its key is noted in their access log.
    fn patient(&self) -> Option<PatientId> {
        None
    }

    /// Where the index has it, when it does.
    fn index_key(&self) -> Option<IndexKey> {
        None
    }

    /// Where the index by actor has it, when it does.
    fn actor_index_key(&self) -> Option<IndexKey> {
        None
    }

    /// When it may be deleted. Readers still check: the table deletes days late.
    fn expires_at(&self) -> Option<Timestamp> {
        None
    }
}

/// A place in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKey {
    pub pk: String,
    pub sk: String,
}

/// The item of a record.
pub fn to_item<R: Record>(record: &R) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(record).map_err(|error| StoreError::corrupt(R::KIND, error))?;
    item.retain(|_, value| !value.is_null());
    item.extend(record.key().attributes());
    item.insert("kind".to_owned(), text(R::KIND));
    item.insert("v".to_owned(), number(R::VERSION));
    if let Some(index) = record.index_key() {
        item.insert("gsi1pk".to_owned(), text(index.pk));
        item.insert("gsi1sk".to_owned(), text(index.sk));
    }
    if let Some(index) = record.actor_index_key() {
        item.insert("gsi2pk".to_owned(), text(index.pk));
        item.insert("gsi2sk".to_owned(), text(index.sk));
    }
    if let Some(origin) = trail::origin().filter(|_| R::STAMPED) {
        item.insert(ORIGIN.to_owned(), to_value(&origin, R::KIND)?);
    }
    if let Some(at) = record.expires_at() {
        item.insert("ttl".to_owned(), number(at.as_second()));
    }
    Ok(item)
}

/// The record of an item.
pub fn from_item<R: Record>(item: Item) -> Result<R, StoreError> {
    let kind = item.get("kind").and_then(|kind| kind.as_s().ok()).map(String::as_str);
    if kind != Some(R::KIND) {
        return Err(StoreError::corrupt(R::KIND, format!("found kind {kind:?}")));
    }
    serde_dynamo::from_item(item).map_err(|error| StoreError::corrupt(R::KIND, error))
}

/// The record of an image in the table's stream.
pub fn from_stream<R: Record>(image: serde_dynamo::Item) -> Result<R, StoreError> {
    from_item(image.into())
}

/// Who wrote what an image shows, where that is kept.
pub fn origin_of(image: &serde_dynamo::Item) -> Result<Option<Origin>, StoreError> {
    let origin = image.get(ORIGIN).cloned().map(serde_dynamo::from_attribute_value);
    origin.transpose().map_err(|error: serde_dynamo::Error| StoreError::corrupt(ORIGIN, error))
}

/// One attribute's value.
pub(super) fn to_value(value: &impl Serialize, kind: &'static str) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|error| StoreError::corrupt(kind, error))
}
