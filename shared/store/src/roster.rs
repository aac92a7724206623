//! The roster: who works when.
//!
//! - Each entry, with the days that remain, under its id.
//! - Each person's month, in their own partition: an attribute for each shift on which they work, and for each half day of leave. A shift is
//!   entered under the condition that its attribute is free, so nobody works twice at a time.
//! - A month of each seat that only one person can have: the receptionist on duty, a ward's accountant.
//! - Each shift of a day by role and by ward, with those who work: the answer to who is on duty. It follows the months from the stream and is
//!   a moment late. Each line carries the version of the month, so a record that comes twice or late changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{
    AttributeValue,
    builders::{ConditionCheckBuilder, UpdateBuilder},
};
use domain::{
    account::Account,
    id::{ShiftId, UserId},
    role::Role,
    roster::{Duty, Half, Seat, Shift, on_duty},
    shifts::ShiftTime,
    text::PersonName,
    ward::Ward,
    ward_manager::ManagerShift,
};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    Item, Key, Record, Store, StoreError, StreamItem, integer,
    keys::{self, RosterOf},
    number,
    record::{to_value, version_of},
    text,
    transact::Transaction,
};

const MONTH: &str = "staff_month";
const SEAT: &str = "seat_month";
const SLOT: &str = "roster_slot";
const VERSION: u32 = 1;
/// How long it is kept who worked in a shift, by role and by ward. Each person's months stay.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(400 * 24);
/// How often months are written again when the account changes at the same moment.
const TRIES: usize = 8;
/// The roles that are on the roster.
const ROLES: [Role; 8] = [
    Role::Accountant,
    Role::Doctor,
    Role::LabTechnician,
    Role::Nurse,
    Role::Pharmacist,
    Role::Receptionist,
    Role::SecurityGuard,
    Role::Sweeper,
];

impl Record for Shift {
    const KIND: &'static str = "shift";
    fn key(&self) -> Key {
        keys::shift(self.id)
    }
    fn account(&self) -> Option<UserId> {
        Some(self.user_id)
    }
}

/// Why a shift was not entered, or not changed. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ShiftError {
    #[error("the shift is entered already")]
    Entered,
    #[error("the account has changed since it was read")]
    AccountChanged,
    #[error("the person works then")]
    Works { date: Date, shift_id: ShiftId, role: Role, ward: Option<Ward> },
    #[error("the person is on leave then")]
    OnLeave { date: Date },
    #[error("somebody else has the seat")]
    SeatTaken { date: Date, by: Option<UserId> },
    #[error("the shift has changed since it was read")]
    Stale,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One shift in a person's month, as stored. The names are short, because a month has many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct StoredDuty {
    /// The entry in the roster, the role, the ward, and whether it is a spare.
    s: ShiftId,
    r: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    w: Option<Ward>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    p: bool,
}

/// A person's month: the shifts on which they work, and their leave.
#[derive(Debug, Clone)]
pub struct StaffMonth {
    user_id: UserId,
    /// The first day of the month.
    first: Date,
    version: i64,
    name: PersonName,
    roles: BTreeSet<Role>,
    shifts: BTreeMap<(Date, ShiftTime), StoredDuty>,
    away: BTreeMap<Date, BTreeSet<Half>>,
}

/// Somebody who works in a shift, as stored there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct StoredLine {
    #[serde(flatten)]
    duty: StoredDuty,
    /// The name, the halves of the day on which they are away, and whether their account does not allow them to work.
    a: PersonName,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    h: BTreeSet<Half>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    x: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Versioned {
    /// The version of the month.
    n: i64,
    /// Absent when the person no longer works in the shift.
    #[serde(flatten)]
    line: Option<StoredLine>,
}

/// The attribute of a shift in a month: `d02n`.
fn shift_attribute(date: Date, time: ShiftTime) -> String {
    let letter = match time {
        ShiftTime::Night => 'n',
        ShiftTime::Day => 'd',
        ShiftTime::Evening => 'e',
    };
    format!("d{:02}{letter}", date.day())
}

/// The attribute of a half day of leave in a month: `l02a`.
pub(super) fn leave_attribute(date: Date, half: Half) -> String {
    let letter = match half {
        Half::Morning => 'a',
        Half::Afternoon => 'p',
    };
    format!("l{:02}{letter}", date.day())
}

/// The halves of a day that a shift lies in.
const fn halves(time: ShiftTime) -> &'static [Half] {
    match time {
        ShiftTime::Night => &[Half::Morning],
        ShiftTime::Day => &Half::BOTH,
        ShiftTime::Evening => &[Half::Afternoon],
    }
}

/// A part of an expression for each attribute.
fn each<'a>(names: impl IntoIterator<Item = &'a (Date, String)>, between: &str, part: impl Fn(&str) -> String) -> String {
    names.into_iter().map(|(_, name)| part(name)).collect::<Vec<_>>().join(between)
}

/// Days by their month.
fn by_month(days: impl IntoIterator<Item = Date>) -> BTreeMap<Date, Vec<Date>> {
    days.into_iter().fold(BTreeMap::new(), |mut months: BTreeMap<Date, Vec<Date>>, day| {
        months.entry(day.first_of_month()).or_default().push(day);
        months
    })
}

impl Store {
    pub async fn shift(&self, id: ShiftId) -> Result<Option<Shift>, StoreError> {
        self.get(&keys::shift(id)).await
    }

    /// Enters a shift if the person is free on all of its days, and nobody else has its seat. Of several who try at once, one succeeds. The
    /// account must be active and have the role.
    pub async fn shift_enter(&self, shift: &Shift, account: &Account) -> Result<(), ShiftError> {
        let mut write = self.transaction();
        write.put_new(shift, |_| ShiftError::Entered)?;
        write.check(&keys::account(account.id), unchanged(account), |_| ShiftError::AccountChanged)?;
        let duty = StoredDuty { s: shift.id, r: shift.role, w: shift.ward, p: shift.spare };
        let roles = to_value(&account.active_roles(), MONTH)?;
        for (month, days) in by_month(shift.days.iter().copied()) {
            add_to_month(&mut write, account, &roles, month, &days, shift.time, &duty)?;
            if let Some(seat) = shift.seat() {
                take_seat(&mut write, seat, month, &days, shift)?;
            }
        }
        match write.commit().await {
            // The answer to an earlier try was lost.
            Err(ShiftError::Entered) => Ok(()),
            outcome => outcome,
        }
    }

    /// Writes a shift of which some days were cancelled.
    pub async fn shift_cancel(&self, before: &Shift, after: &Shift) -> Result<(), ShiftError> {
        let mut write = self.transaction();
        write.replace(after, before.version, |_| ShiftError::Stale)?;
        let cancelled = before.days.iter().copied().filter(|day| !after.days.contains(day));
        for (month, days) in by_month(cancelled) {
            let these = days.iter().map(|day| shift_attribute(*day, before.time)).collect::<Vec<_>>().join(", ");
            let key = keys::staff_month(before.user_id, month);
            let remove = format!("REMOVE {these} ADD n :one");
            write.update(
                &key,
                |update| update.update_expression(remove).expression_attribute_values(":one", number(1)),
                |_| ShiftError::Stale,
            )?;
            if let Some(seat) = before.seat() {
                let key = keys::seat_month(seat, month);
                write.update(&key, |update| update.update_expression(format!("REMOVE {these}")), |_| ShiftError::Stale)?;
            }
        }
        write.commit().await
    }

    /// A person's shifts on a span of days, both included.
    pub async fn duties_of_person(&self, user: UserId, (from, to): (Date, Date)) -> Result<Vec<Duty>, StoreError> {
        let mut duties = Vec::new();
        for month in self.query(keys::staff_months(user, from, Some(to))).consistent().all().await? {
            duties.extend(StaffMonth::of(month)?.duties().filter(|duty| from <= duty.date && duty.date <= to));
        }
        Ok(duties)
    }

    /// At most `limit` of the shifts of a role or a ward on a span of days, by time, or those after one. On a ward, those of a role.
    pub async fn duties(
        &self,
        of: RosterOf,
        role: Option<Role>,
        (from, to): (Date, Date),
        after: Option<(Date, ShiftTime, UserId)>,
        limit: usize,
    ) -> Result<Vec<Duty>, StoreError> {
        let (mut from, last) = (after.map_or((from, ShiftTime::Night), |(date, time, _)| (date, time)), (to, ShiftTime::Evening));
        let mut found = Vec::new();
        loop {
            let slots = self.query(keys::roster_slots(of, from, last)).first(AT_ONCE).await?;
            let (count, mut read_to) = (slots.len(), None);
            for slot in slots {
                let slot = RosterSlot::of(slot)?;
                read_to = Some((slot.date, slot.time));
                let wanted = |duty: &Duty| {
                    after.is_none_or(|after| (duty.date, duty.time, duty.user_id) > after) && role.is_none_or(|role| duty.role == role)
                };
                found.extend(slot.duties.into_iter().filter(wanted));
            }
            match read_to {
                Some(place) if count == AT_ONCE && found.len() < limit => from = following(place),
                _ => break,
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Who is on duty at a moment: in a role, on a ward, in a role on a ward, or in the whole hospital.
    pub async fn on_duty(&self, role: Option<Role>, ward: Option<Ward>, at: Timestamp, zone: &TimeZone) -> Result<Vec<Duty>, StoreError> {
        let (date, time) = ShiftTime::at(at, zone);
        let of: Vec<_> = match (role, ward) {
            (_, Some(ward)) => vec![RosterOf::Ward(ward)],
            (Some(role), None) => vec![RosterOf::Role(role)],
            (None, None) => ROLES.map(RosterOf::Role).into(),
        };
        let mut duties = Vec::new();
        for of in of {
            let slot = self.item(&keys::roster_slot(of, date, time)).await?;
            duties.extend(slot.map(RosterSlot::of).transpose()?.into_iter().flat_map(|slot| slot.duties));
        }
        duties.retain(|duty| role.is_none_or(|role| duty.role == role));
        Ok(on_duty(duties, at, zone))
    }

    /// What somebody does at a moment. Their own month says it, however many others are on duty.
    pub async fn duties_now(&self, user: UserId, at: Timestamp, zone: &TimeZone) -> Result<Vec<Duty>, StoreError> {
        let months = self.months_at(user, at, zone).await?;
        Ok(months.iter().flat_map(StaffMonth::duties).filter(|duty| duty.at_work(at, zone)).collect())
    }

    /// Whether somebody who manages a shift is at work at a moment: the shift is on, and they are not on leave.
    pub async fn manager_at_work(&self, shift: &ManagerShift, at: Timestamp, zone: &TimeZone) -> Result<bool, StoreError> {
        if !shift.is_on(at, zone) {
            return Ok(false);
        }
        let (day, half) = (zone.to_datetime(at).date(), Half::at(at, zone));
        let months = self.months_at(shift.user_id, at, zone).await?;
        Ok(!months.iter().any(|month| month.away.get(&day).is_some_and(|away| away.contains(&half))))
    }

    async fn months_at(&self, user: UserId, at: Timestamp, zone: &TimeZone) -> Result<Vec<StaffMonth>, StoreError> {
        let day = zone.to_datetime(at).date();
        self.query(keys::staff_months(user, day, Some(day))).consistent().all().await?.into_iter().map(StaffMonth::of).collect()
    }

    /// A person's months from that of a day on, as they are now.
    pub async fn staff_months(&self, user: UserId, from: Date) -> Result<Vec<StaffMonth>, StoreError> {
        self.query(keys::staff_months(user, from, None)).consistent().all().await?.into_iter().map(StaffMonth::of).collect()
    }

    /// Makes a person's months from a day on carry the name and the roles that their account has now.
    pub async fn roster_follow_account(&self, user: UserId, from: Date) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let Some(account) = self.account(user).await?.map(|stored| stored.account) else { return Ok(()) };
            let roles = account.active_roles();
            for month in self.staff_months(user, from).await? {
                if month.name == account.name && month.roles == roles {
                    continue;
                }
                let (name, roles) = (text(account.name.as_str()), to_value(&roles, MONTH)?);
                let written = self.update(keys::staff_month(user, month.first), |update| {
                    update
                        .update_expression("SET #name = :name, #roles = :roles ADD n :one")
                        .expression_attribute_names("#name", "name")
                        .expression_attribute_names("#roles", "roles")
                        .expression_attribute_values(":name", name)
                        .expression_attribute_values(":roles", roles)
                        .expression_attribute_values(":one", number(1))
                });
                let _ = written.await?;
            }
            // Another change may have been followed meanwhile, from what was read later. Whoever reads last, writes last.
            if self.account(user).await?.is_some_and(|stored| stored.account.version == account.version) {
                return Ok(());
            }
        }
        Err(StoreError::Unavailable("the account is changed by others at this moment".into()))
    }

    /// Makes the shifts by role and by ward show a change of a person's month.
    pub async fn roster_follow(&self, before: Option<&StaffMonth>, after: &StaffMonth) -> Result<(), StoreError> {
        let none = BTreeMap::new();
        let places: BTreeSet<_> = before.map_or(&none, |month| &month.shifts).keys().chain(after.shifts.keys()).copied().collect();
        for (date, time) in places {
            let (was, is) = (before.and_then(|before| before.line(date, time)), after.line(date, time));
            if was == is {
                continue;
            }
            let here = |line: &Option<StoredLine>| -> BTreeSet<RosterOf> { line.iter().flat_map(StoredLine::places).collect() };
            let (old, new) = (here(&was), here(&is));
            for of in old.union(&new) {
                let line = is.clone().filter(|_| new.contains(of));
                self.roster_put(*of, (date, time), after.user_id, &Versioned { n: after.version, line }).await?;
            }
        }
        Ok(())
    }

    async fn roster_put(&self, of: RosterOf, (date, time): (Date, ShiftTime), user: UserId, line: &Versioned) -> Result<(), StoreError> {
        let until = date.to_zoned_datetime(TimeZone::UTC).map_or(Timestamp::MAX, |midnight| midnight.timestamp());
        let until = until.saturating_add(KEPT_FOR).unwrap_or(until);
        let value = to_value(line, SLOT)?;
        let written = self.update(keys::roster_slot(of, date, time), |update| {
            update
                .update_expression("SET kind = :kind, v = :v, #ttl = :ttl, #user = :line")
                // A record that comes late does not bring back what is older.
                .condition_expression("attribute_not_exists(#user) OR #user.n < :version")
                .expression_attribute_names("#ttl", "ttl")
                .expression_attribute_names("#user", user.to_string())
                .expression_attribute_values(":kind", text(SLOT))
                .expression_attribute_values(":v", number(VERSION))
                .expression_attribute_values(":ttl", number(until.as_second()))
                .expression_attribute_values(":line", value)
                .expression_attribute_values(":version", number(line.n))
        });
        // Refused when the shift shows this version, or a later one, already.
        let _ = written.await?;
        Ok(())
    }
}

/// How many shifts of a day are read at once: those of two days. In a large hospital each of them has hundreds of people.
const AT_ONCE: usize = 6;

/// The shift after one.
fn following((date, time): (Date, ShiftTime)) -> (Date, ShiftTime) {
    match time {
        ShiftTime::Night => (date, ShiftTime::Day),
        ShiftTime::Day => (date, ShiftTime::Evening),
        ShiftTime::Evening => (date.tomorrow().unwrap_or(date), ShiftTime::Night),
    }
}

/// That an account is as it was read: its name and its roles go into the months.
pub(super) fn unchanged(account: &Account) -> impl FnOnce(ConditionCheckBuilder) -> ConditionCheckBuilder {
    let version = number(account.version);
    |check| check.condition_expression("version = :read").expression_attribute_values(":read", version)
}

/// Whose month it is. The first part of every change that may make it.
pub(super) const MONTH_IS_OF: &str = "kind = :kind, v = :v, user_id = :user, #name = :name, #roles = :roles";

/// Fills in [`MONTH_IS_OF`], and `:one` for the version.
pub(super) fn of_month(update: UpdateBuilder, account: &Account, roles: AttributeValue) -> UpdateBuilder {
    update
        .expression_attribute_names("#name", "name")
        .expression_attribute_names("#roles", "roles")
        .expression_attribute_values(":kind", text(MONTH))
        .expression_attribute_values(":v", number(VERSION))
        .expression_attribute_values(":user", text(account.id))
        .expression_attribute_values(":name", text(account.name.as_str()))
        .expression_attribute_values(":roles", roles)
        .expression_attribute_values(":one", number(1))
}

fn add_to_month(
    write: &mut Transaction<'_, ShiftError>,
    account: &Account,
    roles: &AttributeValue,
    month: Date,
    days: &[Date],
    time: ShiftTime,
    duty: &StoredDuty,
) -> Result<(), ShiftError> {
    let shifts: Vec<_> = days.iter().map(|day| (*day, shift_attribute(*day, time))).collect();
    let leave = days.iter().flat_map(|day| halves(time).iter().map(|half| (*day, leave_attribute(*day, *half))));
    let leave: Vec<_> = leave.collect();
    let free = each(shifts.iter().chain(&leave), " AND ", |name| format!("attribute_not_exists({name})"));
    let entered = each(&shifts, ", ", |name| format!("{name} = :duty"));
    let value = to_value(duty, MONTH)?;
    let change = |update: UpdateBuilder| {
        of_month(update, account, roles.clone())
            .update_expression(format!("SET {MONTH_IS_OF}, {entered} ADD n :one"))
            .condition_expression(free)
            .expression_attribute_values(":duty", value)
    };
    let conflict = move |there: Item| {
        for (date, name) in shifts {
            if let Some(taken) = there.get(&name) {
                return match serde_dynamo::from_attribute_value::<_, StoredDuty>(taken.clone()) {
                    Ok(duty) => ShiftError::Works { date, shift_id: duty.s, role: duty.r, ward: duty.w },
                    Err(error) => StoreError::corrupt(MONTH, error).into(),
                };
            }
        }
        match leave.into_iter().find(|(_, name)| there.contains_key(name)) {
            Some((date, _)) => ShiftError::OnLeave { date },
            None => StoreError::corrupt(MONTH, "a refusal without a reason").into(),
        }
    };
    write.update(&keys::staff_month(account.id, month), change, conflict)
}

fn take_seat(write: &mut Transaction<'_, ShiftError>, seat: Seat, month: Date, days: &[Date], shift: &Shift) -> Result<(), ShiftError> {
    let names: Vec<_> = days.iter().map(|day| (*day, shift_attribute(*day, shift.time))).collect();
    let free = each(&names, " AND ", |name| format!("attribute_not_exists({name})"));
    let taken = each(&names, ", ", |name| format!("{name} = :user"));
    let change = |update: UpdateBuilder| {
        update
            .update_expression(format!("SET kind = :kind, v = :v, {taken}"))
            .condition_expression(free)
            .expression_attribute_values(":kind", text(SEAT))
            .expression_attribute_values(":v", number(VERSION))
            .expression_attribute_values(":user", text(shift.user_id))
    };
    let conflict = move |there: Item| {
        let taken = names.into_iter().find_map(|(date, name)| Some((date, there.get(&name)?.as_s().ok()?.parse().ok())));
        taken
            .map_or_else(|| StoreError::corrupt(SEAT, "a refusal without a reason").into(), |(date, by)| ShiftError::SeatTaken { date, by })
    };
    write.update(&keys::seat_month(seat, month), change, conflict)
}

impl StaffMonth {
    pub const KIND: &'static str = MONTH;

    /// The month of an image in the table's stream.
    pub fn from_stream(image: StreamItem) -> Result<Self, StoreError> {
        Self::of(image.into())
    }

    pub(super) fn of(item: Item) -> Result<Self, StoreError> {
        #[derive(Deserialize)]
        struct Header {
            user_id: UserId,
            name: PersonName,
            roles: BTreeSet<Role>,
            sk: String,
        }
        check_version(&item, MONTH)?;
        let corrupt = |error| StoreError::corrupt(MONTH, error);
        let version = integer(&item, "n").unwrap_or_default();
        let (parts, header): (Item, Item) = item.into_iter().partition(|(name, _)| is_of_a_day(name));
        let header: Header = serde_dynamo::from_item(header).map_err(corrupt)?;
        let first = keys::month_of(&header.sk).ok_or_else(|| StoreError::corrupt(MONTH, "a month"))?;
        let (mut shifts, mut away) = (BTreeMap::new(), BTreeMap::<_, BTreeSet<Half>>::new());
        for (name, value) in parts {
            let day = name.get(1..3).and_then(|day| day.parse().ok()).and_then(|day| first.with().day(day).build().ok());
            let Some(date) = day else { return Err(StoreError::corrupt(MONTH, "a day")) };
            if let Some(time) = ShiftTime::ALL.into_iter().find(|time| shift_attribute(date, *time) == name) {
                shifts.insert((date, time), serde_dynamo::from_attribute_value(value).map_err(corrupt)?);
            } else if let Some(half) = Half::BOTH.into_iter().find(|half| leave_attribute(date, *half) == name) {
                away.entry(date).or_default().insert(half);
            }
        }
        Ok(Self { user_id: header.user_id, first, version, name: header.name, roles: header.roles, shifts, away })
    }

    #[must_use]
    pub const fn user_id(&self) -> UserId {
        self.user_id
    }

    /// Grows with each change.
    #[must_use]
    pub const fn version(&self) -> i64 {
        self.version
    }

    /// The shifts, by time.
    pub fn duties(&self) -> impl Iterator<Item = Duty> {
        self.shifts.iter().map(|((date, time), duty)| self.stored(*date, duty).duty(self.user_id, *date, *time))
    }

    fn line(&self, date: Date, time: ShiftTime) -> Option<StoredLine> {
        self.shifts.get(&(date, time)).map(|duty| self.stored(date, duty))
    }

    fn stored(&self, date: Date, duty: &StoredDuty) -> StoredLine {
        StoredLine {
            duty: duty.clone(),
            a: self.name.clone(),
            h: self.away.get(&date).cloned().unwrap_or_default(),
            x: !self.roles.contains(&duty.r),
        }
    }
}

/// Whether an attribute of a month is about one of its days.
fn is_of_a_day(name: &str) -> bool {
    let mut letters = name.bytes();
    name.len() == 4 && matches!(letters.next(), Some(b'd' | b'l')) && letters.take(2).all(|letter| letter.is_ascii_digit())
}

impl StoredLine {
    fn places(&self) -> impl Iterator<Item = RosterOf> {
        [RosterOf::Role(self.duty.r)].into_iter().chain(self.duty.w.map(RosterOf::Ward))
    }

    fn duty(self, user_id: UserId, date: Date, time: ShiftTime) -> Duty {
        Duty {
            shift_id: self.duty.s,
            user_id,
            name: self.a,
            role: self.duty.r,
            ward: self.duty.w,
            date,
            time,
            spare: self.duty.p,
            away: self.h,
            active: !self.x,
        }
    }
}

/// Those who work in one shift of a day.
struct RosterSlot {
    date: Date,
    time: ShiftTime,
    duties: Vec<Duty>,
}

impl RosterSlot {
    fn of(item: Item) -> Result<Self, StoreError> {
        check_version(&item, SLOT)?;
        let place = item.get("sk").and_then(|sk| sk.as_s().ok()).and_then(|sk| keys::roster_place(sk));
        let (date, time) = place.ok_or_else(|| StoreError::corrupt(SLOT, "a place"))?;
        let mut duties = Vec::new();
        for (name, value) in item.into_iter().filter(|(name, _)| name.starts_with(UserId::PREFIX)) {
            let user = name.parse().map_err(|_| StoreError::corrupt(SLOT, "an id"))?;
            let stored: Versioned = serde_dynamo::from_attribute_value(value).map_err(|error| StoreError::corrupt(SLOT, error))?;
            duties.extend(stored.line.map(|line| line.duty(user, date, time)));
        }
        duties.sort_by_key(|duty| duty.user_id);
        Ok(Self { date, time, duties })
    }
}

fn check_version(item: &Item, kind: &'static str) -> Result<(), StoreError> {
    let found = version_of(item);
    if found == VERSION { Ok(()) } else { Err(StoreError::Shape { kind, found, known: VERSION }) }
}
