//! The profiles of those who work here, and the directory. The directory follows accounts and profiles from the stream and is a moment late:
//! one line for all, one for each role, for the ward, and for each role on the ward.

use std::collections::BTreeMap;

use domain::{
    account::Account,
    id::UserId,
    role::Role,
    staff::StaffProfile,
    text::{PersonName, Phone, Specialization},
    ward::Ward,
};
use serde::{Deserialize, Serialize};

use super::{
    Key, Listed, Record, Store, StoreError, from_item,
    keys::{self, IndexKey, StaffList},
    number,
    record::from_index,
    transact::NEW,
};

/// How often the lines are written again when the person changes at the same moment.
const TRIES: usize = 8;

impl Record for StaffProfile {
    const KIND: &'static str = "staff_profile";
    fn key(&self) -> Key {
        keys::staff_profile(self.user_id)
    }
    fn account(&self) -> Option<UserId> {
        Some(self.user_id)
    }
}

/// What the directory shows of somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffEntry {
    pub user_id: UserId,
    pub name: PersonName,
    pub roles: Vec<Role>,
    pub ward: Option<Ward>,
    pub specialization: Option<Specialization>,
    pub work_phone: Option<Phone>,
}

/// A line of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    list: StaffList,
    person: StaffEntry,
}

impl Record for Line {
    const KIND: &'static str = "listed_staff";
    fn key(&self) -> Key {
        keys::listed_staff(self.person.user_id, self.list)
    }
    fn index_key(&self) -> Option<IndexKey> {
        Some(keys::staff_in_list(self.list, &self.person.name, self.person.user_id))
    }
    fn entry(&self) -> Option<impl Serialize> {
        Some(&self.person)
    }
}

impl Store {
    /// A profile. An empty one if nothing was entered.
    pub async fn staff_profile(&self, user: UserId) -> Result<StaffProfile, StoreError> {
        let stored: Option<StaffProfile> = self.get(&keys::staff_profile(user)).await?;
        Ok(stored.unwrap_or_else(|| StaffProfile::empty(user)))
    }

    /// Writes a changed profile. `false` when it has changed since it was read.
    pub async fn staff_profile_change(&self, before: &StaffProfile, after: &StaffProfile) -> Result<bool, StoreError> {
        match before.version {
            0 => self.put_where(after, NEW, &[]).await,
            version => self.put_where(after, "version = :before", &[(":before", number(version))]).await,
        }
    }

    /// One page of the directory, by name: those whose name begins like this.
    pub async fn staff_list(
        &self,
        list: StaffList,
        name: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<StaffEntry>>, StoreError> {
        from_index::<Line, _>(self.query(keys::staff_list(list, name, after)).first(limit).await?)
    }

    /// Makes the directory show somebody as they are now.
    pub async fn staff_list_follow(&self, user: UserId) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let person = self.staff_person(user).await?;
            let wanted: BTreeMap<String, Line> = person.iter().flat_map(lines).map(|line| (line.key().sk, line)).collect();
            let mut there = BTreeMap::new();
            for item in self.query(keys::staff_lines(user)).consistent().all().await? {
                let line: Line = from_item(item)?;
                there.insert(line.key().sk, line);
            }
            for (sk, line) in &there {
                if !wanted.contains_key(sk) {
                    self.delete(&line.key()).await?;
                }
            }
            for (sk, line) in &wanted {
                if there.get(sk) != Some(line) {
                    self.put(line).await?;
                }
            }
            // Another change may have been followed meanwhile, from what was read later. Whoever reads last, writes last.
            if self.staff_person(user).await? == person {
                return Ok(());
            }
        }
        Err(StoreError::Unavailable("somebody who works here is changed by others at this moment".into()))
    }

    /// Somebody who works here, as the directory shows them. `None` when they do not, or not now.
    async fn staff_person(&self, user: UserId) -> Result<Option<StaffEntry>, StoreError> {
        let Some(account) = self.account(user).await?.map(|stored| stored.account) else { return Ok(None) };
        let roles = staff_roles(&account);
        if roles.is_empty() {
            return Ok(None);
        }
        let doctor = match account.doctor_id {
            Some(id) => self.doctor(id).await?,
            None => None,
        };
        let profile = self.staff_profile(user).await?;
        Ok(Some(StaffEntry {
            user_id: user,
            name: account.name,
            roles,
            ward: profile.ward,
            specialization: doctor.map(|doctor| doctor.specialization).or(profile.specialization),
            work_phone: profile.work_phone,
        }))
    }
}

/// The roles of a staff member that are active.
#[must_use]
pub fn staff_roles(account: &Account) -> Vec<Role> {
    account.active_roles().into_iter().filter(|role| role.is_staff()).collect()
}

/// A line for each list that the person is on.
fn lines(person: &StaffEntry) -> Vec<Line> {
    let roles = || [None].into_iter().chain(person.roles.iter().copied().map(Some));
    let wards = [None].into_iter().chain(person.ward.map(Some));
    let lists = wards.flat_map(|ward| roles().map(move |role| StaffList { role, ward }));
    lists.map(|list| Line { list, person: person.clone() }).collect()
}
