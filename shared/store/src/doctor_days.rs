//! One item for each local day of a doctor: what is taken, and what the day has besides the doctor's hours.
//!
//! It is the guard of every booking. Each five-minute mark that an appointment or a hold covers is an attribute, and a booking is written on
//! condition that none of its marks is taken. Slots start and end on marks, so two appointments of one doctor never overlap, whatever the
//! slot lengths were when they were booked. And a booking is written on condition that the day's `plan` is the one that was read: leave,
//! blocked times and extra sessions raise it.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::builders::{ConditionCheckBuilder, UpdateBuilder},
};
use domain::{
    appointment::Appointment,
    availability::{DoctorDay, Exception, ExceptionKind, MOST_EXCEPTIONS},
    id::{DoctorId, ExceptionId, UserId},
    roster::Half,
    schedule::Slot,
    shifts::ShiftTime,
};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    Item, Key, Record, Store, StoreError,
    appointments::WriteError,
    integer,
    keys::{self, IndexKey},
    number,
    record::{from_index, to_value, version_of},
    text,
    transact::Transaction,
};

const KIND: &str = "doctor_day";
const VERSION: u32 = 1;
/// Until when a booked mark is taken, in seconds: for good. One significant digit, so that it takes two bytes.
pub(super) const FOR_GOOD: i64 = 9_000_000_000_000;
/// How long a day is kept after it is over. The appointments stay.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(32 * 24);

impl Record for Exception {
    const KIND: &'static str = "doctor_exception";
    fn key(&self) -> Key {
        keys::doctor_exception(self.doctor_id, self.id)
    }
    fn account(&self) -> Option<UserId> {
        Some(self.user_id)
    }
    /// What was taken back is in no list.
    fn index_key(&self) -> Option<IndexKey> {
        (!self.cancelled).then(|| keys::listed_exception(self.doctor_id, self.slot.start, self.id))
    }
    fn entry(&self) -> Option<impl Serialize> {
        (!self.cancelled).then_some(self)
    }
}

/// An exception in the item of its day. The reason is in the exception's own item.
#[derive(Debug, Serialize, Deserialize)]
struct StoredException {
    k: ExceptionKind,
    s: Timestamp,
    e: Timestamp,
}

/// Why an exception was not written. Nothing else was written either.
#[derive(Debug, thiserror::Error)]
pub enum ExceptionError {
    #[error("the day has as many exceptions as it can have")]
    TooMany,
    #[error("the day has changed since it was read")]
    Stale,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a change of a day's marks is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Marks {
    /// Take them until then, in seconds, if none is taken now.
    Take { until: i64, now: Timestamp },
    /// Book those that are held until then.
    BookHeld { until: i64 },
}

/// A change of one day: marks to take, marks to free, and the plan that was read.
pub(super) struct DayWrite<'a> {
    pub doctor: DoctorId,
    pub date: Date,
    pub take: &'a [String],
    pub how: Marks,
    pub free: &'a [String],
    /// Only with marks to take.
    pub plan: u64,
}

impl Store {
    /// One day of a doctor, as it is now.
    pub async fn doctor_day(&self, doctor: DoctorId, date: Date) -> Result<DoctorDay, StoreError> {
        let item = self.item(&keys::doctor_day(doctor, date)).await?;
        Ok(item.map(doctor_day).transpose()?.map(|(_, day)| day).unwrap_or_default())
    }

    /// The same as [`Self::doctor_days`], as they are now.
    pub async fn doctor_days_now(&self, doctor: DoctorId, (from, to): (Date, Date)) -> Result<BTreeMap<Date, DoctorDay>, StoreError> {
        self.query(keys::doctor_days(doctor, from, to)).consistent().all().await?.into_iter().map(doctor_day).collect()
    }

    /// The days of a span, both included, that are not as the doctor's hours say. For a search: half a moment old at most.
    pub async fn doctor_days(&self, doctor: DoctorId, (from, to): (Date, Date)) -> Result<BTreeMap<Date, DoctorDay>, StoreError> {
        self.query(keys::doctor_days(doctor, from, to)).all().await?.into_iter().map(doctor_day).collect()
    }

    pub async fn doctor_exception(&self, doctor: DoctorId, id: ExceptionId) -> Result<Option<Exception>, StoreError> {
        self.get(&keys::doctor_exception(doctor, id)).await
    }

    /// A doctor's exceptions that begin in a span of time, both ends included, by time.
    pub async fn doctor_exceptions(&self, doctor: DoctorId, (from, to): (Timestamp, Timestamp)) -> Result<Vec<Exception>, StoreError> {
        let found = self.query(keys::exceptions(doctor, from, to)).all().await?;
        Ok(from_index::<Exception, Exception>(found)?.into_iter().map(|line| line.entry).collect())
    }

    /// Adds an exception to a day whose plan is the one that was read.
    pub async fn doctor_exception_add(&self, exception: &Exception, day: &DoctorDay, zone: &TimeZone) -> Result<(), ExceptionError> {
        if day.exceptions.len() >= MOST_EXCEPTIONS {
            return Err(ExceptionError::TooMany);
        }
        let mut write = self.transaction();
        write.put_new(exception, |_| ExceptionError::Stale)?;
        let stored = StoredException { k: exception.what, s: exception.slot.start, e: exception.slot.end };
        let value = to_value(&stored, KIND)?;
        let plan = day.plan;
        let change = |update: UpdateBuilder| {
            of_day(update, exception.slot.day(zone), "#exception = :exception", "", plan)
                .expression_attribute_names("#exception", exception.id.to_string())
                .expression_attribute_values(":exception", value)
        };
        write.update(&keys::doctor_day(exception.doctor_id, exception.slot.day(zone)), change, |_| ExceptionError::Stale)?;
        write.commit().await
    }

    /// Takes an exception back.
    pub async fn doctor_exception_cancel(
        &self,
        before: &Exception,
        after: &Exception,
        plan: u64,
        zone: &TimeZone,
    ) -> Result<(), ExceptionError> {
        let mut write = self.transaction();
        write.replace(after, before.version, |_| ExceptionError::Stale)?;
        let change = |update: UpdateBuilder| {
            of_day(update, before.slot.day(zone), "", "REMOVE #exception", plan)
                .expression_attribute_names("#exception", before.id.to_string())
        };
        write.update(&keys::doctor_day(before.doctor_id, before.slot.day(zone)), change, |_| ExceptionError::Stale)?;
        write.commit().await
    }

    /// Makes a day show whether the doctor works a shift for the whole hospital. `version` is that of the person's month: a record that comes
    /// late does not bring back what is older.
    pub async fn doctor_day_follow_shift(
        &self,
        doctor: DoctorId,
        (date, time): (Date, ShiftTime),
        works: bool,
        version: i64,
    ) -> Result<(), StoreError> {
        let value = to_value(&StoredShift { n: version, on: works }, KIND)?;
        let written = self.update(keys::doctor_day(doctor, date), |update| {
            raise_plan(update, date, "SET #shift = :shift,", "")
                .condition_expression("attribute_not_exists(#shift) OR #shift.n < :version")
                .expression_attribute_names("#shift", shift_attribute(time))
                .expression_attribute_values(":shift", value)
                .expression_attribute_values(":version", number(version))
        });
        let _ = written.await?;
        Ok(())
    }
}

/// Takes and frees marks of a day, on condition that they are free and the day's plan is the one that was read.
pub(super) fn change_day(write: &mut Transaction<'_, WriteError>, change: &DayWrite<'_>) -> Result<(), WriteError> {
    let DayWrite { doctor, date, take, how, free, plan } = change;
    let until = match how {
        Marks::Take { until, .. } => *until,
        Marks::BookHeld { .. } => FOR_GOOD,
    };
    let mut set = vec!["kind = :kind".to_owned(), "v = :v".to_owned(), "#ttl = :ttl".to_owned()];
    set.extend(take.iter().map(|mark| format!("{mark} = :until")));
    let mut expression = format!("SET {}", set.join(", "));
    if !free.is_empty() {
        expression = format!("{expression} REMOVE {}", free.join(", "));
    }
    let mut conditions: Vec<String> = take
        .iter()
        .map(|mark| match how {
            Marks::Take { .. } => format!("(attribute_not_exists({mark}) OR {mark} <= :now)"),
            Marks::BookHeld { .. } => format!("{mark} = :held"),
        })
        .collect();
    if !take.is_empty() {
        conditions.push(plan_is(*plan).to_owned());
    }
    let (date, how, plan) = (*date, *how, *plan);
    let takes = !take.is_empty();
    let update = |update: UpdateBuilder| {
        let update = update
            .update_expression(expression)
            .set_condition_expression(takes.then(|| conditions.join(" AND ")))
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":kind", text(KIND))
            .expression_attribute_values(":v", number(VERSION))
            .expression_attribute_values(":ttl", number(kept_until(date)));
        if !takes {
            return update;
        }
        let update = update.expression_attribute_names("#plan", "plan").expression_attribute_values(":until", number(until));
        let update = if plan == 0 { update } else { update.expression_attribute_values(":plan", number(plan)) };
        match how {
            Marks::Take { now, .. } => update.expression_attribute_values(":now", number(now.as_second())),
            Marks::BookHeld { until } => update.expression_attribute_values(":held", number(until)),
        }
    };
    let other_plan = move |there: &Item| plan_of(there) != plan;
    write.update(
        &keys::doctor_day(*doctor, date),
        update,
        move |there| {
            if other_plan(&there) { WriteError::PlanChanged } else { WriteError::SlotTaken }
        },
    )
}

/// The marks of a slot, by the names of their attributes.
pub(super) fn marks(slot: Slot, zone: &TimeZone) -> Vec<String> {
    slot.marks(zone).iter().map(|mark| format!("m{mark}")).collect()
}

/// What an appointment takes of its doctor's day. An extra one takes none of the slots, but no two extra ones begin at the same time.
pub(super) fn marks_of(appointment: &Appointment, zone: &TimeZone) -> Vec<String> {
    if appointment.extra_because.is_some() {
        appointment.slot.marks(zone).first().map(|mark| format!("x{mark}")).into_iter().collect()
    } else {
        marks(appointment.slot, zone)
    }
}

/// Requires that a day's plan is the one that was read, without changing it.
pub(super) fn check_plan(write: &mut Transaction<'_, WriteError>, doctor: DoctorId, date: Date, plan: u64) -> Result<(), WriteError> {
    let same = |check: ConditionCheckBuilder| {
        let check = check.condition_expression(plan_is(plan)).expression_attribute_names("#plan", "plan");
        if plan == 0 { check } else { check.expression_attribute_values(":plan", number(plan)) }
    };
    write.check(&keys::doctor_day(doctor, date), same, |_| WriteError::PlanChanged)
}

/// Frees marks that are held until a moment, if they are.
pub(super) fn release_hold(
    write: &mut Transaction<'_, WriteError>,
    doctor: DoctorId,
    slot: Slot,
    until: Timestamp,
    zone: &TimeZone,
) -> Result<(), WriteError> {
    let marks = marks(slot, zone);
    let held = marks.iter().map(|mark| format!("{mark} = :held")).collect::<Vec<_>>().join(" AND ");
    let release = |update: UpdateBuilder| {
        update
            .update_expression(format!("REMOVE {}", marks.join(", ")))
            .condition_expression(held)
            .expression_attribute_values(":held", number(until.as_second()))
    };
    write.update(&keys::doctor_day(doctor, slot.day(zone)), release, |_| WriteError::Stale)
}

const fn plan_is(plan: u64) -> &'static str {
    if plan == 0 { "attribute_not_exists(#plan)" } else { "#plan = :plan" }
}

fn plan_of(item: &Item) -> u64 {
    integer(item, "plan").and_then(|plan| u64::try_from(plan).ok()).unwrap_or_default()
}

/// A change of a day's plan, on condition that it is the one that was read.
fn of_day(update: UpdateBuilder, date: Date, set: &str, remove: &str, plan: u64) -> UpdateBuilder {
    let set = if set.is_empty() { String::new() } else { format!(", {set}") };
    let update = update
        .update_expression(format!("SET kind = :kind, v = :v, #ttl = :ttl{set} {remove} ADD #plan :one"))
        .condition_expression(plan_is(plan))
        .expression_attribute_names("#ttl", "ttl")
        .expression_attribute_names("#plan", "plan")
        .expression_attribute_values(":kind", text(KIND))
        .expression_attribute_values(":v", number(VERSION))
        .expression_attribute_values(":ttl", number(kept_until(date)))
        .expression_attribute_values(":one", number(1));
    if plan == 0 { update } else { update.expression_attribute_values(":plan", number(plan)) }
}

/// A change of a day that raises its plan, whatever it is: between these two parts.
pub(super) fn raise_plan(update: UpdateItemFluentBuilder, date: Date, before: &str, after: &str) -> UpdateItemFluentBuilder {
    update
        .update_expression(format!("{before} kind = :kind, v = :v, #ttl = :ttl ADD #plan :one{after}"))
        .expression_attribute_names("#ttl", "ttl")
        .expression_attribute_names("#plan", "plan")
        .expression_attribute_values(":kind", text(KIND))
        .expression_attribute_values(":v", number(VERSION))
        .expression_attribute_values(":ttl", number(kept_until(date)))
        .expression_attribute_values(":one", number(1))
}

fn kept_until(date: Date) -> i64 {
    let midnight = date.to_zoned_datetime(TimeZone::UTC).map_or(Timestamp::MAX, |midnight| midnight.timestamp());
    midnight.saturating_add(KEPT_FOR).unwrap_or(midnight).as_second()
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredShift {
    /// The version of the person's month.
    n: i64,
    on: bool,
}

const fn shift_attribute(time: ShiftTime) -> &'static str {
    match time {
        ShiftTime::Night => "sn",
        ShiftTime::Day => "sd",
        ShiftTime::Evening => "se",
    }
}

/// The attribute of a half day of leave: the set of those that take it.
pub(super) const fn leave_attribute(half: Half) -> &'static str {
    match half {
        Half::Morning => "la",
        Half::Afternoon => "lp",
    }
}

fn doctor_day(item: Item) -> Result<(Date, DoctorDay), StoreError> {
    let found = version_of(&item);
    if found != VERSION {
        return Err(StoreError::Shape { kind: KIND, found, known: VERSION });
    }
    let corrupt = |error| StoreError::corrupt(KIND, error);
    let date = item.get("sk").and_then(|sk| sk.as_s().ok()).and_then(|sk| keys::day_of(sk));
    let date = date.ok_or_else(|| StoreError::corrupt(KIND, "a day"))?;
    let mut day = DoctorDay { plan: plan_of(&item), ..DoctorDay::default() };
    for half in Half::BOTH {
        if item.contains_key(leave_attribute(half)) {
            day.leave.insert(half);
        }
    }
    for time in ShiftTime::ALL {
        let Some(value) = item.get(shift_attribute(time)) else { continue };
        let shift: StoredShift = serde_dynamo::from_attribute_value(value.clone()).map_err(corrupt)?;
        if shift.on {
            day.shifts.insert(time);
        }
    }
    for (name, value) in item {
        if let Some(mark) = name.strip_prefix('m').and_then(|mark| mark.parse().ok()) {
            let until = value.as_n().ok().and_then(|until| until.parse().ok()).ok_or_else(|| StoreError::corrupt(KIND, "a mark"))?;
            day.taken.insert(mark, until);
        } else if name.starts_with(ExceptionId::PREFIX) {
            let id = name.parse().map_err(|_| StoreError::corrupt(KIND, "an id"))?;
            let stored: StoredException = serde_dynamo::from_attribute_value(value).map_err(corrupt)?;
            day.exceptions.insert(id, (stored.k, Slot { start: stored.s, end: stored.e }));
        }
    }
    Ok((date, day))
}
