//! Laboratories, their directory, and who works in them.

use domain::{
    account::Account,
    id::{LaboratoryId, UserId},
    laboratory::{Laboratory, ListedLaboratory, Technician},
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

impl Record for Laboratory {
    const KIND: &'static str = "laboratory";
    fn key(&self) -> Key {
        keys::laboratory(self.listed.id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_laboratory(&self.listed.name, self.listed.id))
    }
}

impl Record for Technician {
    const KIND: &'static str = "technician";
    fn key(&self) -> Key {
        keys::technician(self.laboratory_id, self.user_id)
    }
    fn account(&self) -> Option<UserId> {
        Some(self.user_id)
    }
}

/// The one laboratory that somebody works in: the same as theirs among the laboratory's.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorksInLaboratory(Technician);

impl Record for WorksInLaboratory {
    const KIND: &'static str = "works_in_laboratory";
    fn key(&self) -> Key {
        keys::works_in_laboratory(self.0.user_id)
    }
    fn account(&self) -> Option<UserId> {
        Some(self.0.user_id)
    }
}

impl From<Technician> for WorksInLaboratory {
    fn from(technician: Technician) -> Self {
        Self(technician)
    }
}

impl From<WorksInLaboratory> for Technician {
    fn from(WorksInLaboratory(technician): WorksInLaboratory) -> Self {
        technician
    }
}

impl Seat for Technician {
    type Place = LaboratoryId;
    type Own = WorksInLaboratory;
    const PLACE: &'static str = "laboratory_id";

    fn place(&self) -> LaboratoryId {
        self.laboratory_id
    }
    fn user(&self) -> UserId {
        self.user_id
    }
    fn since(&self) -> Timestamp {
        self.since
    }
}

/// Why somebody does not work in a laboratory now.
pub type TechnicianError = SeatError<LaboratoryId>;

impl Store {
    /// A laboratory.
    pub async fn laboratory(&self, id: LaboratoryId) -> Result<Option<Laboratory>, StoreError> {
        self.get(&keys::laboratory(id)).await
    }

    /// Laboratories whose name begins like this, by name.
    pub async fn laboratory_list(
        &self,
        name: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<ListedLaboratory>>, StoreError> {
        from_index::<Laboratory, _>(self.query(keys::laboratories(name, after)).first(limit).await?)
    }

    /// Writes a new laboratory, in which the one who registers it works.
    pub async fn laboratory_register(&self, laboratory: &Laboratory, account: &Account) -> Result<(), TechnicianError> {
        let mut write = self.transaction();
        let first = Technician { laboratory_id: laboratory.listed.id, user_id: account.id, since: laboratory.registered_at };
        seats::begin(&mut write, &first, account)?;
        write.put_new(laboratory, |_| TechnicianError::Changed)?;
        write.commit().await
    }

    /// Writes a changed laboratory. `false` when it has changed since it was read.
    pub async fn laboratory_change(&self, before: &Laboratory, after: &Laboratory) -> Result<bool, StoreError> {
        self.put_where(after, "version = :before", &[(":before", number(before.version))]).await
    }

    /// Those who work in a laboratory.
    pub async fn technicians(&self, laboratory: LaboratoryId) -> Result<Vec<Technician>, StoreError> {
        self.query(keys::technicians(laboratory)).consistent().all().await?.into_iter().map(from_item).collect()
    }

    /// The laboratory that somebody works in.
    pub async fn works_in_laboratory(&self, user: UserId) -> Result<Option<Technician>, StoreError> {
        Ok(self.get::<WorksInLaboratory>(&keys::works_in_laboratory(user)).await?.map(Into::into))
    }
}
