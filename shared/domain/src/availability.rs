//! When a doctor can be booked. It is derived each time: weekly hours, shifts without a ward and extra sessions, minus leave, blocked times
//! and what is taken.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Invalid,
    doctor::Doctor,
    id::{DoctorId, ExceptionId, UserId},
    roster::Half,
    schedule::{Slot, SlotLength},
    shifts::ShiftTime,
    text::Reason,
};

/// What one local day of a doctor has besides their hours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DoctorDay {
    /// Grows with each change of the day, other than bookings. A booking is written on condition that it is what was read.
    pub plan: u64,
    /// The five-minute marks that are taken, each with the second until which it is.
    pub taken: BTreeMap<u16, i64>,
    /// The halves on which the doctor is on leave.
    pub leave: BTreeSet<Half>,
    /// Blocked times and extra sessions.
    pub exceptions: BTreeMap<ExceptionId, (ExceptionKind, Slot)>,
    /// The shifts that the doctor works for the whole hospital.
    pub shifts: BTreeSet<ShiftTime>,
}

/// A time at which a doctor's day is not as their hours say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Its id.
    pub id: ExceptionId,
    /// The doctor.
    pub doctor_id: DoctorId,
    /// The doctor's account.
    pub user_id: UserId,
    /// Which way it is different.
    pub what: ExceptionKind,
    /// From when to when, on one local day.
    pub slot: Slot,
    /// Why. Patients do not see it.
    pub reason: Option<Reason>,
    /// Whether it was taken back.
    pub cancelled: bool,
    /// Grows with each change; sent as the ETag.
    pub version: u64,
}

/// Which way a time is different from a doctor's hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionKind {
    /// Nobody can book, although the doctor's hours say so.
    Blocked,
    /// Patients can book, although it is outside the doctor's hours.
    ExtraSession,
}

impl ExceptionKind {
    /// Parses the name used in JSON.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "blocked" => Ok(Self::Blocked),
            "extra_session" => Ok(Self::ExtraSession),
            _ => Err(Invalid::new("invalid_kind", "Use `blocked` or `extra_session`.")),
        }
    }
}

/// How many exceptions one day has at most.
pub const MOST_EXCEPTIONS: usize = 20;

/// Why an appointment cannot take place as booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The doctor is on leave.
    Leave,
    /// The doctor has blocked the time.
    Blocked,
    /// The doctor's hours or slots have changed.
    Hours,
    /// The doctor no longer takes appointments.
    DoctorUnavailable,
}

/// Why nobody can book an appointment at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotBookable {
    /// It has begun or is over.
    InThePast,
    /// It lies beyond the doctor's horizon.
    TooFarAhead,
    /// The doctor does not work then.
    OutsideHours,
    /// The doctor works then, but appointments start at other times.
    OffGrid,
    /// The doctor is on leave then, or has blocked the time.
    Away,
    /// For an extra appointment: it is the start of one of the doctor's slots.
    OnGrid,
    /// For an extra appointment: it starts between two five-minute marks, or goes past midnight.
    NotOnMark,
}

impl DoctorDay {
    /// Whether none of a slot's marks is taken.
    #[must_use]
    pub fn is_free(&self, slot: Slot, now: Timestamp, zone: &TimeZone) -> bool {
        slot.marks(zone).iter().all(|mark| self.taken.get(mark).is_none_or(|until| *until <= now.as_second()))
    }

    /// Why nobody can be seen in a slot, if so.
    fn away(&self, slot: Slot, zone: &TimeZone) -> Option<Because> {
        let noon = zone.to_timestamp(slot.day(zone).at(12, 0, 0, 0)).unwrap_or(slot.start);
        let (morning, afternoon) = (slot.start < noon, slot.end > noon);
        if (morning && self.leave.contains(&Half::Morning)) || (afternoon && self.leave.contains(&Half::Afternoon)) {
            return Some(Because::Leave);
        }
        let blocked = self.exceptions.values().any(|(kind, time)| *kind == ExceptionKind::Blocked && time.overlaps(slot));
        blocked.then_some(Because::Blocked)
    }

    /// The stretches of time that it adds to the doctor's hours.
    fn sessions(&self, date: Date, zone: &TimeZone) -> impl Iterator<Item = Slot> {
        let extra = self.exceptions.values().filter(|(kind, _)| *kind == ExceptionKind::ExtraSession).map(|(_, time)| *time);
        extra.chain(self.shifts.iter().map(move |shift| shift.on(date, zone)))
    }
}

impl Doctor {
    /// The slots of a local day, whether they are taken or not, and whether the doctor is away or not.
    fn all_slots(&self, date: Date, day: &DoctorDay, zone: &TimeZone) -> Vec<Slot> {
        let terms = self.on(date);
        let mut slots = terms.weekly_hours.slots_on(date, terms.grid(), zone);
        for session in day.sessions(date, zone) {
            for slot in terms.grid().slots_in(session, zone) {
                if !slots.iter().any(|other| other.overlaps(slot)) {
                    slots.push(slot);
                }
            }
        }
        slots.sort_unstable();
        slots
    }

    /// The slots of a local day in which the doctor sees patients, whether they are taken or not.
    #[must_use]
    pub fn slots_on(&self, date: Date, day: &DoctorDay, zone: &TimeZone) -> Vec<Slot> {
        let mut slots = self.all_slots(date, day, zone);
        slots.retain(|slot| day.away(*slot, zone).is_none());
        slots
    }

    /// The slots of a local day that can still be booked at `now`.
    #[must_use]
    pub fn free_slots(&self, date: Date, day: &DoctorDay, now: Timestamp, zone: &TimeZone) -> Vec<Slot> {
        let mut slots = self.slots_on(date, day, zone);
        slots.retain(|slot| slot.start > now && !self.is_too_far(*slot, now, zone) && day.is_free(*slot, now, zone));
        slots
    }

    fn is_too_far(&self, slot: Slot, now: Timestamp, zone: &TimeZone) -> bool {
        slot.day(zone) > self.last_day(zone.to_datetime(now).date())
    }

    /// The slot of an appointment that starts at `start`.
    ///
    /// # Errors
    /// When nobody could book that appointment at `now`.
    pub fn bookable_slot(&self, start: Timestamp, day: &DoctorDay, now: Timestamp, zone: &TimeZone) -> Result<Slot, NotBookable> {
        if start <= now { Err(NotBookable::InThePast) } else { self.slot_for_walk_in(start, day, now, zone) }
    }

    /// The slot of an appointment that starts at `start`, for somebody who stands at the front desk: it may have begun.
    ///
    /// # Errors
    /// When the front desk could not book that appointment at `now`.
    pub fn slot_for_walk_in(&self, start: Timestamp, day: &DoctorDay, now: Timestamp, zone: &TimeZone) -> Result<Slot, NotBookable> {
        let instant = Slot { start, end: start };
        if self.is_too_far(instant, now, zone) {
            return Err(NotBookable::TooFarAhead);
        }
        let date = instant.day(zone);
        let Some(slot) = self.all_slots(date, day, zone).into_iter().find(|slot| slot.start == start) else {
            let in_session = day.sessions(date, zone).any(|session| session.start <= start && start < session.end);
            let working = in_session || self.on(date).weekly_hours.contains(start, zone);
            return Err(if working { NotBookable::OffGrid } else { NotBookable::OutsideHours });
        };
        if slot.end <= now {
            return Err(NotBookable::InThePast);
        }
        if day.away(slot, zone).is_some() { Err(NotBookable::Away) } else { Ok(slot) }
    }

    /// The time of an appointment outside the doctor's slots. It takes none of them, so the doctor may have two patients at a time.
    ///
    /// # Errors
    /// When the doctor or the front desk could not book it at `now`.
    pub fn extra_slot(
        &self,
        start: Timestamp,
        length: SlotLength,
        day: &DoctorDay,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Slot, NotBookable> {
        let minutes = SignedDuration::from_mins(length.minutes().into());
        let wanted = Slot { start, end: start.saturating_add(minutes).unwrap_or(start) };
        if self.is_too_far(wanted, now, zone) {
            return Err(NotBookable::TooFarAhead);
        }
        if wanted.end <= now {
            return Err(NotBookable::InThePast);
        }
        if self.all_slots(wanted.day(zone), day, zone).iter().any(|slot| slot.start == start) {
            return Err(NotBookable::OnGrid);
        }
        let slot = Slot::outside_grid(start, length, zone).ok_or(NotBookable::NotOnMark)?;
        if day.away(slot, zone) == Some(Because::Leave) { Err(NotBookable::Away) } else { Ok(slot) }
    }

    /// Why an appointment that is booked at this time cannot take place, if so. An extra one never was in a slot: only leave keeps it from
    /// taking place.
    #[must_use]
    pub fn obstacle(&self, slot: Slot, is_extra: bool, day: &DoctorDay, zone: &TimeZone) -> Option<Because> {
        match day.away(slot, zone) {
            Some(Because::Blocked) if is_extra => None,
            Some(why) => Some(why),
            None if is_extra || self.all_slots(slot.day(zone), day, zone).contains(&slot) => None,
            None => Some(Because::Hours),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::doctor::tests::doctor;

    fn london() -> TimeZone {
        TimeZone::get("Europe/London").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn span(from: &str, to: &str) -> Slot {
        Slot { start: at(&format!("2026-03-02T{from}:00Z")), end: at(&format!("2026-03-02T{to}:00Z")) }
    }

    fn with(exceptions: &[(ExceptionKind, Slot)]) -> DoctorDay {
        let exceptions =
            exceptions.iter().zip(1..).map(|(exception, number)| (ExceptionId::new(Timestamp::UNIX_EPOCH, number), *exception));
        DoctorDay { exceptions: exceptions.collect(), ..DoctorDay::default() }
    }

    fn starts(day: &DoctorDay) -> Vec<String> {
        let slots = doctor().free_slots(date(2026, 3, 2), day, at("2026-03-02T08:00:00Z"), &london());
        slots.iter().map(|slot| london().to_datetime(slot.start).strftime("%H:%M").to_string()).collect()
    }

    #[test]
    fn what_takes_time_away_and_what_adds_it() {
        assert_eq!(starts(&DoctorDay::default()), ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]);
        let blocked = with(&[(ExceptionKind::Blocked, span("09:45", "10:30"))]);
        assert_eq!(starts(&blocked), ["09:00", "10:30", "11:00", "11:30"]);
        // A session that overlaps the hours adds what lies beside them.
        let session = with(&[(ExceptionKind::ExtraSession, span("11:45", "13:20"))]);
        assert_eq!(starts(&session), ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "12:15", "12:45"]);
        let morning = DoctorDay { leave: [Half::Morning].into(), ..session };
        assert_eq!(starts(&morning), ["12:15", "12:45"]);
        let shift = DoctorDay { shifts: [ShiftTime::Evening].into(), leave: [Half::Morning].into(), ..DoctorDay::default() };
        assert_eq!(starts(&shift).len(), 16);
        let all_day = DoctorDay { leave: Half::BOTH.into(), ..shift };
        assert!(starts(&all_day).is_empty());
        let taken = DoctorDay { taken: [(109, 9_000_000_000_000), (120, 1)].into(), ..DoctorDay::default() };
        assert_eq!(starts(&taken), ["09:30", "10:00", "10:30", "11:00", "11:30"]);
    }

    #[test]
    fn an_instant_is_a_slot_or_says_why_not() {
        let (doctor, now, zone) = (doctor(), at("2026-03-02T08:00:00Z"), london());
        let day = with(&[(ExceptionKind::Blocked, span("10:00", "10:30")), (ExceptionKind::ExtraSession, span("14:00", "15:00"))]);
        let slot = |start: &str| doctor.bookable_slot(at(start), &day, now, &zone);
        assert_eq!(slot("2026-03-02T09:30:00Z"), Ok(span("09:30", "10:00")));
        assert_eq!(slot("2026-03-02T14:30:00Z"), Ok(span("14:30", "15:00")));
        assert_eq!(slot("2026-03-02T10:00:00Z"), Err(NotBookable::Away));
        assert_eq!(slot("2026-03-02T09:10:00Z"), Err(NotBookable::OffGrid));
        assert_eq!(slot("2026-03-02T14:10:00Z"), Err(NotBookable::OffGrid));
        assert_eq!(slot("2026-03-02T12:00:00Z"), Err(NotBookable::OutsideHours));
        assert_eq!(slot("2026-03-02T08:00:00Z"), Err(NotBookable::InThePast));
        assert_eq!(slot("2026-09-07T08:00:00Z"), Err(NotBookable::TooFarAhead));
        assert_eq!(
            doctor.slot_for_walk_in(at("2026-03-02T09:00:00Z"), &day, at("2026-03-02T09:29:59Z"), &zone),
            Ok(span("09:00", "09:30"))
        );
        assert_eq!(
            doctor.slot_for_walk_in(at("2026-03-02T09:00:00Z"), &day, at("2026-03-02T09:30:00Z"), &zone),
            Err(NotBookable::InThePast)
        );
    }

    #[test]
    fn what_keeps_an_appointment_from_taking_place() {
        let (doctor, zone) = (doctor(), london());
        let obstacle = |slot, extra, day: &DoctorDay| doctor.obstacle(slot, extra, day, &zone);
        let (slot, free) = (span("10:00", "10:30"), DoctorDay::default());
        assert_eq!((obstacle(slot, false, &free), obstacle(span("10:10", "10:30"), true, &free)), (None, None));
        assert_eq!(obstacle(span("10:00", "10:20"), false, &free), Some(Because::Hours));
        let blocked = with(&[(ExceptionKind::Blocked, slot)]);
        assert_eq!((obstacle(slot, false, &blocked), obstacle(slot, true, &blocked)), (Some(Because::Blocked), None));
        let leave = DoctorDay { leave: [Half::Morning].into(), ..blocked };
        assert_eq!((obstacle(slot, false, &leave), obstacle(slot, true, &leave)), (Some(Because::Leave), Some(Because::Leave)));
        assert_eq!(obstacle(span("11:30", "12:00"), false, &leave), Some(Because::Leave));
    }

    proptest! {
        /// On any day of any zone, what can be booked lies in the time that the doctor works, and nothing of it overlaps.
        #[test]
        fn free_slots_are_bookable_and_apart(
            day in 0i64..4_000, name in prop::sample::select(["Europe/London", "America/New_York", "Australia/Lord_Howe"].as_slice()),
            block in (0i64..288, 1i64..60), session in (0i64..288, 1i64..60), half in prop::sample::subsequence(Half::BOTH.to_vec(), 0..=2),
            shift in prop::sample::subsequence(ShiftTime::ALL.to_vec(), 0..=3),
        ) {
            let zone = TimeZone::get(name).unwrap();
            let date = date(2026, 1, 5).saturating_add(jiff::ToSpan::days(day * 7));
            let midnight = date.to_zoned_datetime(zone.clone()).unwrap().timestamp();
            let span = |(from, length): (i64, i64)| {
                let start = midnight + SignedDuration::from_mins(from * 5);
                Slot { start, end: start + SignedDuration::from_mins(length * 5) }
            };
            let day = DoctorDay {
                leave: half.into_iter().collect(),
                shifts: shift.into_iter().collect(),
                ..with(&[(ExceptionKind::Blocked, span(block)), (ExceptionKind::ExtraSession, span(session))])
            };
            let (doctor, now) = (doctor(), midnight - SignedDuration::from_secs(1));
            let free = doctor.free_slots(date, &day, now, &zone);
            for pair in free.windows(2) {
                prop_assert!(pair[0].end <= pair[1].start, "{pair:?}");
            }
            for slot in free {
                prop_assert_eq!(doctor.bookable_slot(slot.start, &day, now, &zone), Ok(slot));
                prop_assert_eq!(doctor.obstacle(slot, false, &day, &zone), None);
                prop_assert!(!slot.overlaps(span(block)));
            }
        }
    }
}
