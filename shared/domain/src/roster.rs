//! The roster: who works in which shift, and who is on duty at a moment.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    Invalid,
    id::{ShiftId, UserId},
    role::Role,
    schedule::{Slot, Weekday},
    shifts::ShiftTime,
    text::PersonName,
    ward::Ward,
};

/// An entry in the roster: one person works in one of a day's three shifts, on one day or on many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// Its id.
    pub id: ShiftId,
    /// The person.
    pub user_id: UserId,
    /// The person's name when it was entered.
    pub name: PersonName,
    /// In which role they work.
    pub role: Role,
    /// On which ward. `None` for the whole hospital.
    pub ward: Option<Ward>,
    /// In which of a day's shifts.
    pub time: ShiftTime,
    /// On which days of the week it repeats. Empty when it is on one day.
    pub weekdays: BTreeSet<Weekday>,
    /// The days on which the person works, in order. Those that were cancelled are gone.
    pub days: Vec<Date>,
    /// Whether a receptionist only steps in for the one on duty.
    pub spare: bool,
    /// Who entered it.
    pub entered_by: UserId,
    /// When.
    pub entered_at: Timestamp,
    /// Grows with each change; sent as the ETag.
    pub version: u64,
}

/// What only one person can have in a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seat {
    /// The receptionist on duty.
    Receptionist,
    /// A ward's accountant. With one in each of the three shifts, a ward has at most three a day.
    Accountant(Ward),
}

impl Shift {
    /// The seat that the person takes, if only one can have it.
    #[must_use]
    pub const fn seat(&self) -> Option<Seat> {
        match (self.role, self.ward) {
            (Role::Receptionist, _) if !self.spare => Some(Seat::Receptionist),
            (Role::Accountant, Some(ward)) => Some(Seat::Accountant(ward)),
            _ => None,
        }
    }

    /// The shift without its days in a span, as far as they have not ended.
    ///
    /// # Errors
    /// When there is no such day.
    pub fn cancel(self, (from, to): (Date, Date), now: Timestamp, zone: &TimeZone) -> Result<Self, NothingToCancel> {
        let kept = |day: &Date| *day < from || to < *day || self.time.on(*day, zone).end <= now;
        let days: Vec<Date> = self.days.iter().copied().filter(kept).collect();
        if days.len() == self.days.len() {
            return Err(NothingToCancel);
        }
        Ok(Self { days, version: self.version + 1, ..self })
    }
}

/// None of a shift's days is in the span, or they are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NothingToCancel;

/// Checks a role in which somebody can be on the roster.
///
/// # Errors
/// When there is no such role, or nobody works shifts in it.
pub fn role_on_roster(text: &str) -> Result<Role, Invalid> {
    match Role::parse(text)? {
        Role::Patient | Role::Administrator => {
            Err(Invalid::new("invalid_role", "Choose the role of somebody who works in shifts. Patients and administrators do not."))
        }
        Role::WardManager => Err(Invalid::new(
            "invalid_role",
            "Ward managers are not on the roster: each manages one shift of one ward, every day. See `POST /wards/{ward}/managers`.",
        )),
        role => Ok(role),
    }
}

/// Checks the ward of a shift in a role.
///
/// # Errors
/// When the role needs a ward and there is none, or the other way round.
pub fn ward_of_role(role: Role, ward: Option<Ward>) -> Result<Option<Ward>, Invalid> {
    match (role, ward) {
        (Role::Receptionist, Some(_)) => {
            Err(Invalid::new("not_for_role", "Receptionists are on duty for the whole hospital. Leave the ward out."))
        }
        (Role::Accountant | Role::Nurse, None) => {
            Err(Invalid::new("required", format!("Say on which ward the {} works.", role.in_words())))
        }
        (_, ward) => Ok(ward),
    }
}

/// Half of a day. The halves meet at 12:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// Until 12:00.
    Morning,
    /// From 12:00.
    Afternoon,
}

impl Half {
    /// Both, in order.
    pub const BOTH: [Self; 2] = [Self::Morning, Self::Afternoon];

    /// The half that a moment is in.
    #[must_use]
    pub fn at(at: Timestamp, zone: &TimeZone) -> Self {
        if zone.to_datetime(at).hour() < 12 { Self::Morning } else { Self::Afternoon }
    }
}

/// One person's work in one shift of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// The entry in the roster that it belongs to.
    pub shift_id: ShiftId,
    /// The person.
    pub user_id: UserId,
    /// Their name.
    pub name: PersonName,
    /// In which role they work.
    pub role: Role,
    /// On which ward. `None` for the whole hospital.
    pub ward: Option<Ward>,
    /// The day.
    pub date: Date,
    /// The shift.
    pub time: ShiftTime,
    /// Whether they only step in for the one on duty.
    pub spare: bool,
    /// The halves of the day on which they are on leave.
    pub away: BTreeSet<Half>,
    /// Whether their account is active and has the role.
    pub active: bool,
}

impl Duty {
    /// From when to when.
    #[must_use]
    pub fn slot(&self, zone: &TimeZone) -> Slot {
        self.time.on(self.date, zone)
    }

    /// Whether the person is at work at a moment.
    #[must_use]
    pub fn at_work(&self, at: Timestamp, zone: &TimeZone) -> bool {
        let slot = self.slot(zone);
        self.active && slot.start <= at && at < slot.end && !self.away.contains(&Half::at(at, zone))
    }

    /// Whether leave keeps the person from all of the shift or a part of it.
    #[must_use]
    pub fn on_leave(&self) -> bool {
        let halves: &[Half] = match self.time {
            ShiftTime::Night => &[Half::Morning],
            ShiftTime::Day => &Half::BOTH,
            ShiftTime::Evening => &[Half::Afternoon],
        };
        halves.iter().any(|half| self.away.contains(half))
    }
}

/// Those of a shift who are on duty at a moment. Of the receptionists it is one: a spare steps in when the other one is away.
#[must_use]
pub fn on_duty(mut duties: Vec<Duty>, at: Timestamp, zone: &TimeZone) -> Vec<Duty> {
    duties.retain(|duty| duty.at_work(at, zone));
    duties.sort_by(|one, other| (one.spare, &one.name, one.user_id).cmp(&(other.spare, &other.name, other.user_id)));
    let mut receptionist = false;
    duties.retain(|duty| duty.role != Role::Receptionist || !std::mem::replace(&mut receptionist, true));
    duties
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn london() -> TimeZone {
        TimeZone::get("Europe/London").unwrap()
    }

    fn duty(name: &str, role: Role, spare: bool, away: &[Half]) -> Duty {
        Duty {
            shift_id: ShiftId::new(Timestamp::UNIX_EPOCH, 1),
            user_id: UserId::new(Timestamp::UNIX_EPOCH, name.len() as u128),
            name: PersonName::parse(name).unwrap(),
            role,
            ward: None,
            date: date(2026, 3, 2),
            time: ShiftTime::Day,
            spare,
            away: away.iter().copied().collect(),
            active: true,
        }
    }

    fn names(duties: Vec<Duty>, at: &str) -> Vec<String> {
        on_duty(duties, at.parse().unwrap(), &london()).iter().map(|duty| duty.name.to_string()).collect()
    }

    #[test]
    fn a_spare_steps_in_when_the_receptionist_is_away() {
        let duties = || vec![duty("Spare", Role::Receptionist, true, &[]), duty("Rosa", Role::Receptionist, false, &[Half::Morning])];
        assert_eq!(names(duties(), "2026-03-02T09:00:00Z"), ["Spare"]);
        assert_eq!(names(duties(), "2026-03-02T12:00:00Z"), ["Rosa"]);
        assert!(names(duties(), "2026-03-02T16:00:00Z").is_empty() && names(duties(), "2026-03-02T07:59:59Z").is_empty());
    }

    #[test]
    fn everybody_else_is_on_duty_together() {
        let mut off = duty("Suspended", Role::Nurse, false, &[]);
        off.active = false;
        let duties = vec![duty("Bo", Role::Nurse, false, &[]), duty("Al", Role::Nurse, false, &[]), off];
        assert_eq!(names(duties, "2026-03-02T09:00:00Z"), ["Al", "Bo"]);
    }

    #[test]
    fn days_are_cancelled_until_they_are_over() {
        let days = [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)];
        let shift = Shift {
            id: ShiftId::new(Timestamp::UNIX_EPOCH, 1),
            user_id: UserId::new(Timestamp::UNIX_EPOCH, 1),
            name: PersonName::parse("Mary Seacole").unwrap(),
            role: Role::Nurse,
            ward: Some(Ward::Icu),
            time: ShiftTime::Evening,
            weekdays: BTreeSet::new(),
            days: days.into(),
            spare: false,
            entered_by: UserId::new(Timestamp::UNIX_EPOCH, 2),
            entered_at: Timestamp::UNIX_EPOCH,
            version: 1,
        };
        let cancel = |from, to, now: &str| shift.clone().cancel((from, to), now.parse().unwrap(), &london()).map(|shift| shift.days);
        assert_eq!(cancel(days[0], days[2], "2026-03-03T00:00:00Z").unwrap(), [days[0]]);
        assert_eq!(cancel(days[0], days[2], "2026-03-02T23:59:00Z").unwrap(), []);
        assert_eq!(cancel(days[1], days[1], "2026-03-02T12:00:00Z").unwrap(), [days[0], days[2]]);
        assert_eq!(cancel(days[0], days[0], "2026-03-03T12:00:00Z"), Err(NothingToCancel));
        assert_eq!(shift.seat(), None);
    }

    #[test]
    fn who_needs_a_ward() {
        assert_eq!(ward_of_role(Role::Receptionist, Some(Ward::Icu)).unwrap_err().code, "not_for_role");
        assert_eq!(ward_of_role(Role::Accountant, None).unwrap_err().code, "required");
        assert_eq!(ward_of_role(Role::Sweeper, None), Ok(None));
        assert_eq!(role_on_roster("patient").unwrap_err().code, "invalid_role");
        assert_eq!(role_on_roster("nurse"), Ok(Role::Nurse));
    }
}
