//! Addresses that bounced for good or complained: writing to them again harms everybody's mail.

use domain::text::Email;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Key, Record, Store, StoreError, keys};

/// Why an address must not be written to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    pub email: Email,
    pub cause: SuppressionCause,
    pub since: Timestamp,
}

/// What its owner or its mail server told SES.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionCause {
    /// It does not exist.
    Bounced,
    /// Its owner called our mail unwanted.
    Complained,
}

impl Record for Suppression {
    const KIND: &'static str = "suppression";
    fn key(&self) -> Key {
        keys::suppression(&self.email)
    }
}

impl Store {
    pub async fn suppression(&self, email: &Email) -> Result<Option<Suppression>, StoreError> {
        self.get(&keys::suppression(email)).await
    }

    /// Notes that an address must not be written to; the first cause stays.
    pub async fn suppression_note(&self, suppression: &Suppression) -> Result<(), StoreError> {
        self.put_new(suppression).await.map(drop)
    }
}
