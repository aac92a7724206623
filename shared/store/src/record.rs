use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::{PatientId, UserId};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use super::{Item, Key, StoreError, integer, keys::IndexKey, number, text};
use crate::trail::{self, Origin};

/// The attribute that says who wrote an item, and whose data it is.
pub(crate) const ORIGIN: &str = "origin";
/// The attribute that says what a list shows of an item. The indexes project nothing else, so a new kind never changes an index.
const ENTRY: &str = "entry";

/// A type that is stored as one item. Besides the type's own attributes the item has `pk`, `sk`, `kind` and `v`, and where they apply
/// `gsi1pk`, `gsi1sk`, `gsi2pk`, `gsi2sk`, `entry`, `ttl` and `origin`.
pub trait Record: Serialize + DeserializeOwned {
    /// Tells items apart in the table, in the stream and in its filters.
    const KIND: &'static str;
    /// Grows when the stored shape changes.
    const VERSION: u32 = 1;

    /// Its key.
    fn key(&self) -> Key;

    /// The patient whose data it is. The patient's access log notes each request that reads the item by its key or writes it.
    fn patient(&self) -> Option<PatientId> {
        None
    }

    /// The account that it is or belongs to, for the audit log.
    fn account(&self) -> Option<UserId> {
        None
    }

    /// Its key in `gsi1`, if a list there shows it.
    fn index_key(&self) -> Option<IndexKey> {
        None
    }

    /// What that list shows.
    fn entry(&self) -> Option<impl Serialize> {
        None::<()>
    }

    /// Its key in `gsi2`, if a list there shows it.
    fn actor_index_key(&self) -> Option<IndexKey> {
        None
    }

    /// When it may be deleted. Readers check it as well, because the table may delete days late.
    fn expires_at(&self) -> Option<Timestamp> {
        None
    }

    /// Brings an item of an earlier version up to date. Versions that this does not handle are refused.
    fn upgrade(_item: &mut Item, _from: u32) -> Result<(), OldShape> {
        Err(OldShape)
    }
}

/// A stored shape that this program no longer reads, or does not read yet.
#[derive(Debug, thiserror::Error)]
#[error("this program does not read the stored shape")]
pub struct OldShape;

/// A line of a list: what the index has of an item.
#[derive(Debug, Clone)]
pub struct Listed<E> {
    pub entry: E,
    /// Its place in the list. The next page continues after it.
    pub position: String,
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
    if let Some(entry) = record.entry() {
        item.insert(ENTRY.to_owned(), to_value(&entry, R::KIND)?);
    }
    // An index holds the entry alone, so its version goes with it.
    if let Some(AttributeValue::M(entry)) = item.get_mut(ENTRY) {
        entry.insert("v".to_owned(), number(R::VERSION));
    }
    if let Some(index) = record.actor_index_key() {
        item.insert("gsi2pk".to_owned(), text(index.pk));
        item.insert("gsi2sk".to_owned(), text(index.sk));
    }
    if let Some(origin) = origin(record.patient(), record.account())? {
        item.insert(ORIGIN.to_owned(), origin);
    }
    if let Some(at) = record.expires_at() {
        item.insert("ttl".to_owned(), number(at.as_second()));
    }
    Ok(item)
}

/// The `origin` of an item that is written now. `None` if it is neither a patient's nor an account's, or if the audit log does not note
/// the request.
pub(crate) fn origin(patient: Option<PatientId>, account: Option<UserId>) -> Result<Option<AttributeValue>, StoreError> {
    if patient.is_none() && account.is_none() {
        return Ok(None);
    }
    trail::origin(patient, account).map(|origin| to_value(&origin, ORIGIN)).transpose()
}

/// The record of an item, brought up to date when it was stored in an earlier shape.
pub fn from_item<R: Record>(mut item: Item) -> Result<R, StoreError> {
    let kind = item.get("kind").and_then(|kind| kind.as_s().ok()).map(String::as_str);
    if kind != Some(R::KIND) {
        return Err(StoreError::corrupt(R::KIND, format!("found kind {kind:?}")));
    }
    let version = version_of(&item);
    if version != R::VERSION {
        let upgraded = if version < R::VERSION { R::upgrade(&mut item, version) } else { Err(OldShape) };
        upgraded.map_err(|_| StoreError::Shape { kind: R::KIND, found: version, known: R::VERSION })?;
    }
    serde_dynamo::from_item(item).map_err(|error| StoreError::corrupt(R::KIND, error))
}

/// The record of an image in the table's stream.
pub fn from_stream<R: Record>(image: serde_dynamo::Item) -> Result<R, StoreError> {
    from_item(image.into())
}

/// The lines of a list of records.
pub(crate) fn from_index<R: Record, E: DeserializeOwned>(items: Vec<Item>) -> Result<Vec<Listed<E>>, StoreError> {
    let line = |mut item: Item| {
        let position =
            item.remove("gsi1sk").or_else(|| item.remove("gsi2sk")).and_then(|place| place.as_s().ok().cloned()).unwrap_or_default();
        Ok(Listed { entry: from_index_item::<R, E>(item)?, position })
    };
    items.into_iter().map(line).collect()
}

/// What an index holds of a record.
pub(crate) fn from_index_item<R: Record, E: DeserializeOwned>(mut item: Item) -> Result<E, StoreError> {
    let Some(AttributeValue::M(mut entry)) = item.remove(ENTRY) else { return Err(StoreError::corrupt(R::KIND, "the index has no entry")) };
    let found = version_of(&entry);
    entry.remove("v");
    if found != R::VERSION {
        return Err(StoreError::Shape { kind: R::KIND, found, known: R::VERSION });
    }
    serde_dynamo::from_item(entry).map_err(|error| StoreError::corrupt(R::KIND, error))
}

/// The version of a stored shape; 0 when there is none.
pub(crate) fn version_of(item: &Item) -> u32 {
    integer(item, "v").and_then(|v| v.try_into().ok()).unwrap_or_default()
}

/// The `origin` in an image of the table's stream, if it has one.
pub fn origin_of(image: &serde_dynamo::Item) -> Result<Option<Origin>, StoreError> {
    let origin = image.get(ORIGIN).cloned().map(serde_dynamo::from_attribute_value);
    origin.transpose().map_err(|error: serde_dynamo::Error| StoreError::corrupt(ORIGIN, error))
}

/// One attribute's value.
pub(super) fn to_value(value: &impl Serialize, kind: &'static str) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|error| StoreError::corrupt(kind, error))
}
