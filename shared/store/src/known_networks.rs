//! Networks that an account's owner has signed in from. What strangers try from elsewhere does not make the owner wait there.

use domain::{account::Account, id::UserId, throttle::NETWORK_KNOWN_FOR};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Key, Record, Store, StoreError, keys};

/// A network of an account, as a fingerprint of both.
#[derive(Debug, Serialize, Deserialize)]
struct KnownNetwork {
    of: String,
    user_id: UserId,
    /// The account's `sign_in_epoch`. When every sign-in of the account ends, the network is no longer known either: somebody else may
    /// have signed in from it.
    epoch: u32,
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

/// How long before its end a known network is noted again.
const RENEWED_BEFORE: SignedDuration = SignedDuration::from_hours(60 * 24);

/// Whether a network is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    No,
    /// It is known, but has to be noted again.
    Fading,
    Well,
}

impl Store {
    /// Whether the account's owner has signed in from this network in the last 90 days. It takes as many reads when there is no account.
    pub async fn known_network(&self, of: &str, account: Option<&Account>, now: Timestamp) -> Result<Known, StoreError> {
        let known = self.get::<KnownNetwork>(&keys::known_network(of)).await?;
        let holds = |known: &KnownNetwork| {
            account.is_some_and(|account| account.id == known.user_id && account.sign_in_epoch == known.epoch) && now < known.until
        };
        Ok(match known.filter(holds) {
            None => Known::No,
            Some(known) if known.until.duration_since(now) < RENEWED_BEFORE => Known::Fading,
            Some(_) => Known::Well,
        })
    }

    /// Notes that the account's owner has signed in from this network.
    pub async fn known_network_note(&self, of: &str, account: &Account, now: Timestamp) -> Result<(), StoreError> {
        let until = now.saturating_add(NETWORK_KNOWN_FOR).unwrap_or(now);
        self.put(&KnownNetwork { of: of.to_owned(), user_id: account.id, epoch: account.sign_in_epoch, until }).await
    }
}
