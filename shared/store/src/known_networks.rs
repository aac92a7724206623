//! Networks that an account's owner has signed in from. There, the owner does not wait because of what strangers try from elsewhere.

use domain::throttle::NETWORK_KNOWN_FOR;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Key, Record, Store, StoreError, keys};

/// A network of an account, as a fingerprint of both.
#[derive(Debug, Serialize, Deserialize)]
struct KnownNetwork {
    of: String,
    until: Timestamp,
}

impl Record for KnownNetwork {
    const KIND: &'static str = "known_network";
    fn key(&self) -> Key {
        keys::known_network(&self.of)
    }
    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.until)
    }
}

impl Store {
    /// Whether somebody has signed in to the account from this network in the last 90 days.
    pub async fn known_network(&self, of: &str, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.get::<KnownNetwork>(&keys::known_network(of)).await?.is_some_and(|known| now < known.until))
    }

    /// Notes that somebody has signed in to the account from this network.
    pub async fn known_network_note(&self, of: &str, now: Timestamp) -> Result<(), StoreError> {
        let until = now.saturating_add(NETWORK_KNOWN_FOR).unwrap_or(now);
        self.put(&KnownNetwork { of: of.to_owned(), until }).await
    }
}
