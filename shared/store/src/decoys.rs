//! Items that are written when somebody registers with an address that has an account already. So registration takes as long as with a
//! new address. They expire after an hour.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Key, Record, Store, StoreError, email_tokens::EmailToken, keys};

/// Stands in for an item that a new account would have.
#[derive(Debug, Serialize, Deserialize)]
struct Decoy {
    id: String,
    until: Timestamp,
    padding: String,
}

impl Record for Decoy {
    const KIND: &'static str = "decoy";
    fn key(&self) -> Key {
        keys::decoy(&self.id)
    }
    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.until)
    }
}

/// About as long as the claim of an address, an account and a patient profile.
const LENGTHS: [usize; 3] = [40, 900, 500];

impl Store {
    /// Writes as much as [`Store::account_open`] would, and the token whose email tells the owner of the address.
    pub async fn decoy_open(&self, welcome: Option<&EmailToken>, with_patient: bool, now: Timestamp) -> Result<(), StoreError> {
        let until = now.saturating_add(SignedDuration::from_hours(1)).unwrap_or(now);
        let mut write = self.transaction::<StoreError>();
        let unused = |_| StoreError::refused("a random id is in use");
        for length in LENGTHS.into_iter().take(if with_patient { 3 } else { 2 }) {
            let id = self.random.secret::<12>().map_err(StoreError::refused)?;
            write.put_new(&Decoy { id, until, padding: ".".repeat(length) }, unused)?;
        }
        if let Some(welcome) = welcome {
            write.put_new(welcome, unused)?;
        }
        write.commit().await
    }
}
