//! Items that are written when somebody registers with an address that has an account already. So registration takes as long as with a
//! new address. They expire after an hour.

use std::iter::once;

use domain::{patient::Patient, patient_search::places};
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

/// About as long as the claim of an address and an account.
const ACCOUNT: [usize; 2] = [40, 900];
/// About as long as a patient profile, and as a place where a patient is found.
const PROFILE: usize = 600;
const PLACE: usize = 250;

impl Store {
    /// Writes as much as [`Store::account_open`] would, and the token whose email tells the owner of the address.
    pub async fn decoy_open(&self, welcome: Option<&EmailToken>, patient: Option<&Patient>, now: Timestamp) -> Result<(), StoreError> {
        let until = now.saturating_add(SignedDuration::from_hours(1)).unwrap_or(now);
        let mut write = self.transaction::<StoreError>();
        let unused = |_| StoreError::refused("a random id is in use");
        let profile = patient.into_iter().flat_map(|patient| once(PROFILE).chain(places(patient).into_iter().map(|_| PLACE)));
        for length in ACCOUNT.into_iter().chain(profile) {
            let id = self.random.secret::<12>().map_err(StoreError::refused)?;
            write.put_new(&Decoy { id, until, padding: ".".repeat(length) }, unused)?;
        }
        if let Some(welcome) = welcome {
            write.put_new(welcome, unused)?;
        }
        write.commit().await
    }
}
