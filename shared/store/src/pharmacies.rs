//! Pharmacies, their directory, and who works in them.

use domain::{
    account::Account,
    id::{PharmacyId, UserId},
    pharmacy::{ListedPharmacy, Pharmacist, Pharmacy},
};
use serde::{Deserialize, Serialize};

use super::{
    Item, Key, Listed, Record, Store, StoreError, from_item,
    keys::{self, IndexKey},
    number,
    record::from_index,
    roster::unchanged,
    text,
    transact::Transaction,
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
struct WorksIn(Pharmacist);

impl Record for WorksIn {
    const KIND: &'static str = "works_in_pharmacy";
    fn key(&self) -> Key {
        keys::works_in_pharmacy(self.0.user_id)
    }
    fn account(&self) -> Option<UserId> {
        Some(self.0.user_id)
    }
}

/// Why somebody does not work in a pharmacy now. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum PharmacistError {
    #[error("they work in a pharmacy")]
    WorksIn(PharmacyId),
    #[error("the account has changed since it was read")]
    Changed,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PharmacistError {
    /// For those who try again: somebody else has ended it already.
    #[must_use]
    pub fn to_retry(self) -> StoreError {
        match self {
            Self::Store(error) => error,
            other => StoreError::Unavailable(Box::new(other)),
        }
    }
}

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
        begin(&mut write, &first, account)?;
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
        Ok(self.get::<WorksIn>(&keys::works_in_pharmacy(user)).await?.map(|WorksIn(pharmacist)| pharmacist))
    }

    /// Writes that somebody works in a pharmacy, if they work in no other one.
    pub async fn pharmacist_begin(&self, pharmacist: &Pharmacist, account: &Account) -> Result<(), PharmacistError> {
        let mut write = self.transaction();
        begin(&mut write, pharmacist, account)?;
        write.commit().await
    }

    /// Writes that somebody works there no longer.
    pub async fn pharmacist_end(&self, pharmacist: &Pharmacist) -> Result<(), PharmacistError> {
        let mut write = self.transaction();
        let theirs = [(":pharmacy", text(pharmacist.pharmacy_id)), (":since", text(pharmacist.since.to_string()))];
        let same = "pharmacy_id = :pharmacy AND since = :since";
        write.delete_if(&pharmacist.key(), same, &theirs, |_| PharmacistError::Changed)?;
        write.delete_if(&keys::works_in_pharmacy(pharmacist.user_id), same, &theirs, |_| PharmacistError::Changed)?;
        write.commit().await
    }
}

fn begin(write: &mut Transaction<'_, PharmacistError>, pharmacist: &Pharmacist, account: &Account) -> Result<(), PharmacistError> {
    write.check(&keys::account(account.id), unchanged(account), |_| PharmacistError::Changed)?;
    let works = |there: Item| match from_item::<WorksIn>(there) {
        Ok(WorksIn(there)) => PharmacistError::WorksIn(there.pharmacy_id),
        Err(error) => error.into(),
    };
    write.put_new(&WorksIn(pharmacist.clone()), works)?;
    write.put_new(pharmacist, |_| PharmacistError::Changed)
}
