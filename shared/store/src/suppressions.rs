//! Addresses that bounced for good or complained. Writing to them again would make mail servers trust the hospital's emails less.

use domain::text::Email;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Key, Listed, Record, Store, StoreError,
    keys::{self, IndexKey},
    record::from_index,
};

/// Why an address must not be written to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    pub email: Email,
    pub cause: SuppressionCause,
    pub since: Timestamp,
}

/// What SES reported about the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionCause {
    /// It does not exist.
    Bounced,
    /// Its owner marked an email of ours as unwanted.
    Complained,
}

impl Record for Suppression {
    const KIND: &'static str = "suppression";
    fn key(&self) -> Key {
        keys::suppression(&self.email)
    }
    fn index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_suppression(self.since, &self.email))
    }
    fn entry(&self) -> Option<impl Serialize> {
        Some(self)
    }
}

impl Store {
    pub async fn suppression(&self, email: &Email) -> Result<Option<Suppression>, StoreError> {
        self.get(&keys::suppression(email)).await
    }

    /// Addresses that get no emails, latest first.
    pub async fn suppression_list(&self, before: Option<&str>, limit: usize) -> Result<Vec<Listed<Suppression>>, StoreError> {
        from_index::<Suppression, _>(self.query(keys::suppressions(before)).latest_first(true).first(limit).await?)
    }

    /// Lets emails go to an address again.
    pub async fn suppression_lift(&self, email: &Email) -> Result<(), StoreError> {
        self.delete(&keys::suppression(email)).await
    }

    /// Notes that an address must not be written to; the first cause stays.
    pub async fn suppression_note(&self, suppression: &Suppression) -> Result<(), StoreError> {
        self.put_new(suppression).await.map(drop)
    }
}
