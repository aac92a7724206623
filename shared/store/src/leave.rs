//! Leave: each request under its id, its half days in the person's months, and the balances that it is taken off.
//!
//! A half day that is asked for has an attribute in the person's month, so that two requests cannot overlap. One that is granted has another
//! one: no shift is entered there, and the roster shows it. A balance is lowered in the transaction that grants, on condition that enough is
//! left.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{AttributeValue, builders::UpdateBuilder};
use domain::{
    account::Account,
    id::{DoctorId, LeaveId, UserId},
    leave::{Leave, LeaveSpan, LeaveStatus, LeaveType},
    roster::Half,
    text::PersonName,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    Item, Key, Listed, Record, Store, StoreError, doctor_days, integer,
    keys::{self, IndexKey},
    number,
    record::{from_index_item, to_value},
    roster::{self, leave_attribute},
    text,
    transact::Transaction,
};

const BALANCE: &str = "leave_balance";
const VERSION: u32 = 1;
/// How often a balance is set when it changes at the same moment.
const TRIES: usize = 8;

impl Record for Leave {
    const KIND: &'static str = "leave";
    fn key(&self) -> Key {
        keys::leave(self.id)
    }
    fn account(&self) -> Option<UserId> {
        Some(self.user_id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_leave(self.status, self.span.from, self.id))
    }
    fn actor_index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_leave_of_person(self.user_id, self.span.from, self.id))
    }
    fn entry(&self) -> Option<impl Serialize> {
        Some(LeaveEntry {
            id: self.id,
            user_id: self.user_id,
            name: self.name.clone(),
            what: self.what,
            span: self.span,
            status: self.status,
            asked_at: self.asked_at,
        })
    }
}

/// What a list shows of leave.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LeaveEntry {
    pub id: LeaveId,
    pub user_id: UserId,
    pub name: PersonName,
    pub what: LeaveType,
    pub span: LeaveSpan,
    pub status: LeaveStatus,
    pub asked_at: Timestamp,
}

/// What somebody has left of a type of leave in a year, in half days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    pub what: LeaveType,
    pub granted: u16,
    pub left: u16,
}

/// Why leave was not written. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum LeaveError {
    #[error("the person has asked for leave then")]
    Overlaps { id: LeaveId, date: Date },
    #[error("not enough is left")]
    NotEnough { year: i16, left: u16 },
    #[error("the leave has changed since it was read")]
    Stale,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The half days of a month, by the names of their attributes.
type Halves = BTreeSet<(Date, Half)>;

fn halves(leave: &Leave) -> Halves {
    if matches!(leave.status, LeaveStatus::Pending | LeaveStatus::Approved) { leave.span.halves().collect() } else { Halves::new() }
}

/// The attribute of a half day that was asked for: `q02a`.
fn asked_attribute((date, half): (Date, Half)) -> String {
    leave_attribute(date, half).replacen('l', "q", 1)
}

impl Store {
    pub async fn leave(&self, id: LeaveId) -> Result<Option<Leave>, StoreError> {
        self.get(&keys::leave(id)).await
    }

    /// Writes a request if the person has not asked for leave on any of its half days.
    pub async fn leave_ask(&self, leave: &Leave, account: &Account) -> Result<(), LeaveError> {
        let mut write = self.transaction();
        write.put_new(leave, |_| LeaveError::Stale)?;
        write.check(&keys::account(account.id), roster::unchanged(account), |_| LeaveError::Stale)?;
        ask(&mut write, leave.id, account, &Halves::new(), &halves(leave))?;
        write.commit().await
    }

    /// Writes a change of a request: other half days, or none.
    pub async fn leave_change(&self, before: &Leave, after: &Leave, account: &Account) -> Result<(), LeaveError> {
        let mut write = self.transaction();
        write.replace(after, before.version, |_| LeaveError::Stale)?;
        write.check(&keys::account(account.id), roster::unchanged(account), |_| LeaveError::Stale)?;
        ask(&mut write, after.id, account, &halves(before), &halves(after))?;
        write.commit().await
    }

    /// Grants leave, and takes it off the person's balances.
    pub async fn leave_approve(&self, before: &Leave, after: &Leave) -> Result<(), LeaveError> {
        let mut write = self.transaction();
        write.replace(after, before.version, |_| LeaveError::Stale)?;
        for (year, count) in after.span.by_year() {
            debit(&mut write, after, year, count)?;
        }
        for (month, days) in by_month(&halves(after)) {
            let set = days.iter().map(|(date, half)| format!("{} = :id", leave_attribute(*date, *half))).collect::<Vec<_>>().join(", ");
            let grant = |update: UpdateBuilder| {
                update
                    .update_expression(format!("SET {set} ADD n :one"))
                    .expression_attribute_values(":id", text(after.id))
                    .expression_attribute_values(":one", number(1))
            };
            write.update(&keys::staff_month(after.user_id, month), grant, |_| LeaveError::Stale)?;
        }
        write.commit().await
    }

    /// Takes back leave that was granted, or a part of it, and gives it back to the person's balances.
    pub async fn leave_cancel(&self, before: &Leave, after: &Leave) -> Result<(), LeaveError> {
        let freed: Halves = halves(before).difference(&halves(after)).copied().collect();
        let mut write = self.transaction();
        write.replace(after, before.version, |_| LeaveError::Stale)?;
        let mut years = BTreeMap::<i16, u16>::new();
        for (date, _) in &freed {
            *years.entry(date.year()).or_default() += 1;
        }
        for (year, count) in years {
            let key = keys::leave_balance(after.user_id, year, after.what);
            let back = |update: UpdateBuilder| {
                update.update_expression("ADD left_over :count").expression_attribute_values(":count", number(count))
            };
            write.update(&key, back, |_| LeaveError::Stale)?;
        }
        for (month, days) in by_month(&freed) {
            let names = days.iter().flat_map(|half| [leave_attribute(half.0, half.1), asked_attribute(*half)]);
            let remove = format!("REMOVE {} ADD n :one", names.collect::<Vec<_>>().join(", "));
            let free = |update: UpdateBuilder| update.update_expression(remove).expression_attribute_values(":one", number(1));
            write.update(&keys::staff_month(after.user_id, month), free, |_| LeaveError::Stale)?;
        }
        write.commit().await
    }

    /// Makes a doctor's days show which halves of them a leave takes. Once more does no harm.
    pub async fn leave_follow_in_days(&self, doctor: DoctorId, leave: &Leave, before: Option<&Leave>) -> Result<(), StoreError> {
        let granted = |leave: &Leave| if leave.status == LeaveStatus::Approved { leave.span.halves().collect() } else { Halves::new() };
        let (mut was, mut leave) = (before.map(granted).unwrap_or_default(), leave.clone());
        for _ in 0..TRIES {
            let is = granted(&leave);
            for (half, taken) in was.difference(&is).map(|half| (half, false)).chain(is.iter().map(|half| (half, true))) {
                self.doctor_day_follow_leave(doctor, *half, leave.id, taken).await?;
            }
            // It may have changed meanwhile, and that may have been followed already.
            let Some(now) = self.leave(leave.id).await?.filter(|now| now.version != leave.version) else { return Ok(()) };
            (was, leave) = (is, now);
        }
        Err(StoreError::Unavailable("the leave is changed by others at this moment".into()))
    }

    /// One page of leave in a status, by its first day.
    pub async fn leave_list(&self, status: LeaveStatus, after: Option<&str>, limit: usize) -> Result<Vec<Listed<LeaveEntry>>, StoreError> {
        lines(self.query(keys::leaves(status, after)).first(limit).await?, "gsi1sk")
    }

    /// One page of a person's leave, the latest first.
    pub async fn leave_list_of_person(
        &self,
        user: UserId,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<LeaveEntry>>, StoreError> {
        lines(self.query(keys::leaves_of_person(user, before)).latest_first(true).first(limit).await?, "gsi2sk")
    }

    /// What somebody has left of each type of leave in a year.
    pub async fn leave_balances(&self, user: UserId, year: i16) -> Result<Vec<Balance>, StoreError> {
        let there = self.query(keys::leave_balances(user, year)).consistent().all().await?;
        let of = |what: LeaveType| {
            let sk = text(keys::leave_balance(user, year, what).sk);
            balance(what, there.iter().find(|item| item.get("sk") == Some(&sk)))
        };
        Ok(LeaveType::ALL.map(|(what, ..)| of(what)).into())
    }

    /// Sets how many half days somebody has in a year. `Err` when more has been granted already: how many half days.
    pub async fn leave_balance_set(
        &self,
        user: UserId,
        year: i16,
        what: LeaveType,
        granted: u16,
    ) -> Result<Result<Balance, u16>, StoreError> {
        let key = keys::leave_balance(user, year, what);
        for _ in 0..TRIES {
            let there = self.item(&key).await?;
            let before = balance(what, there.as_ref());
            let taken = before.granted.saturating_sub(before.left);
            let Some(left) = granted.checked_sub(taken) else { return Ok(Err(taken)) };
            let written = self.update(key.clone(), |update| {
                let same = if there.is_some() { "left_over = :before AND granted = :granted_before" } else { "attribute_not_exists(pk)" };
                let update = update
                    .update_expression("SET kind = :kind, v = :v, granted = :granted, left_over = :left")
                    .condition_expression(same)
                    .expression_attribute_values(":kind", text(BALANCE))
                    .expression_attribute_values(":v", number(VERSION))
                    .expression_attribute_values(":granted", number(granted))
                    .expression_attribute_values(":left", number(left));
                if there.is_none() {
                    return update;
                }
                update
                    .expression_attribute_values(":before", number(before.left))
                    .expression_attribute_values(":granted_before", number(before.granted))
            });
            if written.await?.is_ok() {
                return Ok(Ok(Balance { what, granted, left }));
            }
        }
        Err(StoreError::Unavailable("the balance is changed by others at this moment".into()))
    }
}

fn balance(what: LeaveType, item: Option<&Item>) -> Balance {
    let part = |name: &str| item.and_then(|item| integer(item, name)).and_then(|count| u16::try_from(count).ok());
    let (granted, left) = (part("granted"), part("left_over"));
    let usual = what.half_days_a_year();
    Balance { what, granted: granted.unwrap_or(usual), left: left.unwrap_or(usual) }
}

fn lines(items: Vec<Item>, place: &str) -> Result<Vec<Listed<LeaveEntry>>, StoreError> {
    let line = |mut item: Item| {
        let position = item.remove(place).and_then(|place| place.as_s().ok().cloned()).unwrap_or_default();
        Ok(Listed { entry: from_index_item::<Leave, _>(item)?, position })
    };
    items.into_iter().map(line).collect()
}

fn by_month(halves: &Halves) -> BTreeMap<Date, Vec<(Date, Half)>> {
    halves.iter().fold(BTreeMap::new(), |mut months: BTreeMap<Date, Vec<_>>, half| {
        months.entry(half.0.first_of_month()).or_default().push(*half);
        months
    })
}

/// Makes the person's months show that they ask for these half days, and no longer for those.
fn ask(write: &mut Transaction<'_, LeaveError>, id: LeaveId, account: &Account, old: &Halves, new: &Halves) -> Result<(), LeaveError> {
    let (mut added, removed) = (by_month(&(new - old)), by_month(&(old - new)));
    for month in removed.keys() {
        added.entry(*month).or_default();
    }
    for (month, halves) in added {
        let names: Vec<_> = halves.iter().map(|half| (half.0, asked_attribute(*half))).collect();
        let free = names.iter().map(|(_, name)| format!("attribute_not_exists({name})")).collect::<Vec<_>>().join(" AND ");
        let set = names.iter().map(|(_, name)| format!("{name} = :id"));
        let set = roster::MONTH_IS_OF.split(", ").map(str::to_owned).chain(set).collect::<Vec<_>>().join(", ");
        let gone = removed.get(&month).into_iter().flatten().map(|half| asked_attribute(*half)).collect::<Vec<_>>().join(", ");
        let remove = if gone.is_empty() { String::new() } else { format!(" REMOVE {gone}") };
        let roles = to_value(&account.active_roles(), Leave::KIND)?;
        let change = |update: UpdateBuilder| {
            let update = roster::of_month(update, account, roles).update_expression(format!("SET {set}{remove} ADD n :one"));
            if names.is_empty() {
                return update;
            }
            update.condition_expression(free).expression_attribute_values(":id", text(id))
        };
        let key = keys::staff_month(account.id, month);
        let conflicts = names.clone();
        write.update(&key, change, move |there| {
            let taken = conflicts.into_iter().find_map(|(date, name)| Some((date, there.get(&name)?.as_s().ok()?.parse().ok()?)));
            taken.map_or(LeaveError::Stale, |(date, id)| LeaveError::Overlaps { id, date })
        })?;
    }
    Ok(())
}

/// Takes half days off a balance, on condition that they are left.
fn debit(write: &mut Transaction<'_, LeaveError>, leave: &Leave, year: i16, count: u16) -> Result<(), LeaveError> {
    let usual = leave.what.half_days_a_year();
    // Who has no balance yet has the usual one.
    let enough = if count <= usual { "attribute_not_exists(left_over) OR left_over >= :count" } else { "left_over >= :count" };
    let change = |update: UpdateBuilder| {
        update
            .update_expression(
                "SET kind = :kind, v = :v, granted = if_not_exists(granted, :usual), left_over = if_not_exists(left_over, :usual) - :count",
            )
            .condition_expression(enough)
            .expression_attribute_values(":kind", text(BALANCE))
            .expression_attribute_values(":v", number(VERSION))
            .expression_attribute_values(":usual", number(usual))
            .expression_attribute_values(":count", number(count))
    };
    let what = leave.what;
    write.update(&keys::leave_balance(leave.user_id, year, what), change, move |there| LeaveError::NotEnough {
        year,
        left: balance(what, Some(&there)).left,
    })
}

impl Store {
    async fn doctor_day_follow_leave(
        &self,
        doctor: DoctorId,
        (date, half): (Date, Half),
        id: LeaveId,
        taken: bool,
    ) -> Result<(), StoreError> {
        let name = doctor_days::leave_attribute(half);
        let written = self.update(keys::doctor_day(doctor, date), |update| {
            // A set: of two leaves that follow each other on a half day, neither takes the other one away.
            let (also, condition) = if taken {
                (format!(", {name} :ids"), format!("NOT contains({name}, :id)"))
            } else {
                (format!(" DELETE {name} :ids"), format!("contains({name}, :id)"))
            };
            doctor_days::raise_plan(update, date, "SET", &also)
                .condition_expression(condition)
                .expression_attribute_values(":id", text(id))
                .expression_attribute_values(":ids", AttributeValue::Ss(vec![id.to_string()]))
        });
        // Refused when the day shows it already.
        let _ = written.await?;
        Ok(())
    }
}
