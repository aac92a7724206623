//! Wards, their beds, who manages them, and which beds wait to be cleaned.
//!
//! A bed is one item, and every change of it is made from the version that was read. The counts by ward and the list of what waits to be cleaned
//! follow from the stream and are a moment late.

use domain::{
    account::Account,
    bed::{Bed, BedNumber, BedStatus, CLEANING},
    id::UserId,
    shifts::ShiftTime,
    ward::{BedCounts, EstablishedWard, Ward},
    ward_manager::ManagerShift,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Item, Key, Record, Store, StoreError, from_item, keys, number, roster::unchanged, text, transact::NEW};

impl Record for EstablishedWard {
    const KIND: &'static str = "ward";
    fn key(&self) -> Key {
        keys::ward(self.ward)
    }
}

impl Record for Bed {
    const KIND: &'static str = "bed";
    fn key(&self) -> Key {
        keys::bed(self.ward, self.number)
    }
}

impl Record for ManagerShift {
    const KIND: &'static str = "manager_shift";
    fn key(&self) -> Key {
        keys::manager_shift(self.ward, self.shift)
    }
    fn account(&self) -> Option<UserId> {
        Some(self.user_id)
    }
}

/// The one shift that somebody manages: the same as theirs among the ward's.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct Manages(ManagerShift);

impl Record for Manages {
    const KIND: &'static str = "manages";
    fn key(&self) -> Key {
        keys::manages(self.0.user_id)
    }
    fn account(&self) -> Option<UserId> {
        Some(self.0.user_id)
    }
}

/// The counts of a ward's beds.
#[derive(Debug, Serialize, Deserialize)]
struct StoredCounts {
    ward: Ward,
    counts: BedCounts,
    /// The sum of the beds' versions that were counted. It only grows, so a count of later beds has a larger one.
    as_of: u64,
}

impl Record for StoredCounts {
    const KIND: &'static str = "bed_counts";
    fn key(&self) -> Key {
        keys::bed_counts(self.ward)
    }
}

/// A bed that waits to be cleaned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleaningTask {
    pub ward: Ward,
    pub bed: BedNumber,
    pub since: Timestamp,
}

impl CleaningTask {
    /// The task of a bed, if it waits to be cleaned.
    #[must_use]
    pub fn of(bed: &Bed) -> Option<Self> {
        (bed.status == BedStatus::Cleaning).then_some(Self { ward: bed.ward, bed: bed.number, since: bed.since })
    }

    /// By when it should be done.
    #[must_use]
    pub fn due_at(&self) -> Timestamp {
        self.since.saturating_add(CLEANING).unwrap_or(self.since)
    }

    /// Whether a bed still waits for this.
    #[must_use]
    pub fn holds(&self, bed: &Bed) -> bool {
        Self::of(bed).as_ref() == Some(self)
    }

    /// The position after which a list continues.
    #[must_use]
    pub fn position(&self) -> String {
        self.key().sk
    }
}

impl Record for CleaningTask {
    const KIND: &'static str = "cleaning_task";
    fn key(&self) -> Key {
        keys::cleaning_task(self.since, self.ward, self.bed)
    }
}

/// A ward with what its beds are in, as far as they were counted.
#[derive(Debug, Clone)]
pub struct CountedWard {
    pub ward: EstablishedWard,
    pub counts: BedCounts,
}

/// Why a ward was not established. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum EstablishError {
    #[error("the hospital has this ward")]
    Established,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a shift was not taken. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ManagerError {
    #[error("the hospital does not have this ward")]
    NoWard,
    #[error("somebody has the shift")]
    Taken(UserId),
    #[error("they manage another shift")]
    HasAnother(ManagerShift),
    #[error("the shift or the account has changed since it was read")]
    Changed,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ManagerError {
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
    /// A ward, if the hospital has it.
    pub async fn ward(&self, ward: Ward) -> Result<Option<EstablishedWard>, StoreError> {
        self.get(&keys::ward(ward)).await
    }

    /// Every ward with the counts of its beds, by its type's name.
    pub async fn wards(&self) -> Result<Vec<CountedWard>, StoreError> {
        let mut wards: Vec<CountedWard> = Vec::new();
        // The counts of a ward come right after it.
        for item in self.query(keys::wards()).all().await? {
            match (item.get("kind").and_then(|kind| kind.as_s().ok()).map(String::as_str), wards.last_mut()) {
                (Some(StoredCounts::KIND), Some(last)) => last.counts = from_item::<StoredCounts>(item)?.counts,
                _ => wards.push(CountedWard { ward: from_item(item)?, counts: BedCounts::default() }),
            }
        }
        Ok(wards)
    }

    /// Writes a new ward with all of its beds.
    pub async fn ward_establish(&self, ward: &EstablishedWard) -> Result<(), EstablishError> {
        let mut write = self.transaction();
        write.put_new(ward, |_| EstablishError::Established)?;
        for number in BedNumber::all() {
            write.put_new(&Bed::new(ward.ward, number, ward.established_at), |_| EstablishError::Established)?;
        }
        write.commit().await
    }

    /// Writes a changed ward. `false` when it has changed since it was read.
    pub async fn ward_change(&self, before: &EstablishedWard, after: &EstablishedWard) -> Result<bool, StoreError> {
        self.put_where(after, "version = :before", &[(":before", number(before.version))]).await
    }

    /// A bed as it is now.
    pub async fn bed(&self, ward: Ward, number: BedNumber) -> Result<Option<Bed>, StoreError> {
        self.get(&keys::bed(ward, number)).await
    }

    /// The beds of a ward, a moment ago.
    pub async fn beds(&self, ward: Ward) -> Result<Vec<Bed>, StoreError> {
        self.query(keys::beds(ward)).all().await?.into_iter().map(from_item).collect()
    }

    /// The beds of a ward as they are now.
    pub async fn beds_now(&self, ward: Ward) -> Result<Vec<Bed>, StoreError> {
        self.query(keys::beds(ward)).consistent().all().await?.into_iter().map(from_item).collect()
    }

    /// Writes a changed bed. `false` when it has changed since it was read.
    pub async fn bed_change(&self, before: &Bed, after: &Bed) -> Result<bool, StoreError> {
        self.put_where(after, "version = :before", &[(":before", number(before.version))]).await
    }

    /// Makes the counts of a ward what its beds are in now.
    pub async fn bed_counts_follow(&self, ward: Ward) -> Result<(), StoreError> {
        let beds = self.beds_now(ward).await?;
        let counted = StoredCounts { ward, counts: BedCounts::of(&beds), as_of: beds.iter().map(|bed| bed.version).sum() };
        // Whoever read the beds later has a larger sum, and stays.
        self.put_where(&counted, &format!("{NEW} OR as_of < :as_of"), &[(":as_of", number(counted.as_of))]).await?;
        Ok(())
    }

    /// Notes that a bed waits to be cleaned.
    pub async fn cleaning_task_put(&self, task: &CleaningTask) -> Result<(), StoreError> {
        self.put(task).await
    }

    /// Forgets it.
    pub async fn cleaning_task_delete(&self, task: &CleaningTask) -> Result<(), StoreError> {
        self.delete(&task.key()).await
    }

    /// The beds that wait to be cleaned, those that have waited longest first.
    pub async fn cleaning_tasks(&self, after: Option<&str>, limit: usize) -> Result<Vec<CleaningTask>, StoreError> {
        self.query(keys::cleaning_tasks(after)).first(limit).await?.into_iter().map(from_item).collect()
    }

    /// Who manages a ward, in which shift.
    pub async fn ward_managers(&self, ward: Ward) -> Result<Vec<ManagerShift>, StoreError> {
        self.query(keys::manager_shifts(ward)).consistent().all().await?.into_iter().map(from_item).collect()
    }

    /// Who manages a ward in a shift.
    pub async fn ward_manager(&self, ward: Ward, shift: ShiftTime) -> Result<Option<ManagerShift>, StoreError> {
        self.get(&keys::manager_shift(ward, shift)).await
    }

    /// The shift that somebody manages.
    pub async fn manages(&self, user: UserId) -> Result<Option<ManagerShift>, StoreError> {
        Ok(self.get::<Manages>(&keys::manages(user)).await?.map(|Manages(shift)| shift))
    }

    /// Writes who manages a shift, if nobody does and they manage no other one.
    pub async fn ward_manager_begin(&self, shift: &ManagerShift, account: &Account) -> Result<(), ManagerError> {
        let mut write = self.transaction();
        write.check(&keys::account(account.id), unchanged(account), |_| ManagerError::Changed)?;
        write.check(&keys::ward(shift.ward), |check| check.condition_expression("attribute_exists(pk)"), |_| ManagerError::NoWard)?;
        let read = |there: Item, or: fn(ManagerShift) -> ManagerError| {
            serde_dynamo::from_item(there).map_or_else(|error| StoreError::corrupt(ManagerShift::KIND, error).into(), or)
        };
        write.put_new(&Manages(shift.clone()), move |there| read(there, ManagerError::HasAnother))?;
        write.put_new(shift, move |there| read(there, |there| ManagerError::Taken(there.user_id)))?;
        write.commit().await
    }

    /// Writes that nobody manages a shift any more.
    pub async fn ward_manager_end(&self, shift: &ManagerShift) -> Result<(), ManagerError> {
        let mut write = self.transaction();
        let theirs = [(":user", text(shift.user_id)), (":since", text(shift.since.to_string()))];
        write.delete_if(&shift.key(), "user_id = :user AND since = :since", &theirs, |_| ManagerError::Changed)?;
        write.delete_if(&keys::manages(shift.user_id), "user_id = :user AND since = :since", &theirs, |_| ManagerError::Changed)?;
        write.commit().await
    }
}
