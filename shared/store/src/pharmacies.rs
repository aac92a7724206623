//! Pharmacies, their directory, and who works in them.

use domain::{
    account::Account,
    id::{PharmacyId, UserId},
    pharmacy::{ListedPharmacy, Pharmacist, Pharmacy},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Key, Listed, Record, Store, StoreError, from_item,
    keys::{self, IndexKey},
    number,
    record::from_index,
    seats::{self, Seat, SeatError},
};

impl Record for Pharmacy {
    const KIND: &'static str = "pharmacy";
    fn key(&self) -> Key {
        keys::pharmacy(self.listed.id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_pharmacy(&self.listed.name, self.listed.id))
    }
}

impl Record for Pharmacist {
    const KIND: &'static str = "pharmacist";
    fn key(&self) -> Key {
        keys::pharmacist(self.pharmacy_id, self.user_id)
    }
    fn account(&self) -> Option<UserId> {
        Some(self.user_id)
    }
}

/// The one pharmacy that somebody works in: the same as theirs among the pharmacy's.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorksInPharmacy(Pharmacist);

impl Record for WorksInPharmacy {
    const KIND: &'static str = "works_in_pharmacy";
    fn key(&self) -> Key {
        keys::works_in_pharmacy(self.0.user_id)
    }
    fn account(&self) -> Option<UserId> {
        Some(self.0.user_id)
    }
}

impl From<Pharmacist> for WorksInPharmacy {
    fn from(pharmacist: Pharmacist) -> Self {
        Self(pharmacist)
    }
}

impl From<WorksInPharmacy> for Pharmacist {
    fn from(WorksInPharmacy(pharmacist): WorksInPharmacy) -> Self {
        pharmacist
    }
}

impl Seat for Pharmacist {
    type Place = PharmacyId;
    type Own = WorksInPharmacy;
    const PLACE: &'static str = "pharmacy_id";

    fn place(&self) -> PharmacyId {
        self.pharmacy_id
    }
    fn user(&self) -> UserId {
        self.user_id
    }
    fn since(&self) -> Timestamp {
        self.since
    }
}

/// Why somebody does not work in a pharmacy now.
pub type PharmacistError = SeatError<PharmacyId>;

impl Store {
    /// A pharmacy.
    pub async fn pharmacy(&self, id: PharmacyId) -> Result<Option<Pharmacy>, StoreError> {
        self.get(&keys::pharmacy(id)).await
    }

    /// Pharmacies whose name begins like this, by name.
    pub async fn pharmacy_list(&self, name: &str, after: Option<&str>, limit: usize) -> Result<Vec<Listed<ListedPharmacy>>, StoreError> {
        from_index::<Pharmacy, _>(self.query(keys::pharmacies(name, after)).first(limit).await?)
    }

    /// Writes a new pharmacy, in which the one who registers it works.
    pub async fn pharmacy_register(&self, pharmacy: &Pharmacy, account: &Account) -> Result<(), PharmacistError> {
        let mut write = self.transaction();
        let first = Pharmacist { pharmacy_id: pharmacy.listed.id, user_id: account.id, since: pharmacy.registered_at };
        seats::begin(&mut write, &first, account)?;
        write.put_new(pharmacy, |_| PharmacistError::Changed)?;
        write.commit().await
    }

    /// Writes a changed pharmacy. `false` when it has changed since it was read.
    pub async fn pharmacy_change(&self, before: &Pharmacy, after: &Pharmacy) -> Result<bool, StoreError> {
        self.put_where(after, "version = :before", &[(":before", number(before.version))]).await
    }

    /// Those who work in a pharmacy.
    pub async fn pharmacists(&self, pharmacy: PharmacyId) -> Result<Vec<Pharmacist>, StoreError> {
        self.query(keys::pharmacists(pharmacy)).consistent().all().await?.into_iter().map(from_item).collect()
    }

    /// The pharmacy that somebody works in.
    pub async fn works_in_pharmacy(&self, user: UserId) -> Result<Option<Pharmacist>, StoreError> {
        Ok(self.get::<WorksInPharmacy>(&keys::works_in_pharmacy(user)).await?.map(Into::into))
    }
}
