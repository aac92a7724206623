//! A doctor's profile, and which slots patients can book.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    id::{DoctorId, UserId},
    money::Money,
    schedule::{OffSchedule, Slot, SlotLength, WeeklyHours},
    text::{PersonName, Place, Specialization},
};

/// How far ahead an appointment can be booked.
pub const BOOKING_HORIZON: SignedDuration = SignedDuration::from_hours(180 * 24);

/// A doctor's profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doctor {
    /// Its id.
    pub id: DoctorId,
    /// The account that acts as this doctor.
    pub user_id: UserId,
    /// Full name, with title as the doctor uses it.
    pub name: PersonName,
    /// The field in which they practise.
    pub specialization: Specialization,
    /// What one appointment costs.
    pub consultation_fee: Money,
    /// Where they see patients, when it is always the same place.
    pub place: Option<Place>,
    /// How long one appointment lasts. Never changes: see [`crate::schedule`].
    pub slot_length: SlotLength,
    /// When they work.
    pub weekly_hours: WeeklyHours,
    /// Grows with each change; sent as the ETag.
    pub version: u64,
}

impl Doctor {
    /// The slot of an appointment that starts at `start`.
    ///
    /// # Errors
    /// When nobody could book that appointment at `now`.
    pub fn bookable_slot(&self, start: Timestamp, now: Timestamp, zone: &TimeZone) -> Result<Slot, NotBookable> {
        if start <= now { Err(NotBookable::InThePast) } else { self.slot_for_walk_in(start, now, zone) }
    }

    /// The slot of an appointment that starts at `start`, for somebody who stands at the front desk: it may have begun.
    ///
    /// # Errors
    /// When the front desk could not book that appointment at `now`.
    pub fn slot_for_walk_in(&self, start: Timestamp, now: Timestamp, zone: &TimeZone) -> Result<Slot, NotBookable> {
        if start.duration_since(now) > BOOKING_HORIZON {
            return Err(NotBookable::TooFarAhead);
        }
        let slot = self.weekly_hours.slot_at(start, self.slot_length, zone).map_err(|why| match why {
            OffSchedule::OutsideHours => NotBookable::OutsideHours,
            OffSchedule::OffGrid => NotBookable::OffGrid,
        })?;
        if slot.end > now { Ok(slot) } else { Err(NotBookable::InThePast) }
    }

    /// The time of an appointment outside the doctor's slots. It takes none of them, so the doctor may have two patients at a time.
    ///
    /// # Errors
    /// When the doctor or the front desk could not book it at `now`.
    pub fn extra_slot(&self, start: Timestamp, length: SlotLength, now: Timestamp, zone: &TimeZone) -> Result<Slot, NotBookable> {
        if start.duration_since(now) > BOOKING_HORIZON {
            return Err(NotBookable::TooFarAhead);
        }
        let minutes = SignedDuration::from_mins(length.minutes().into());
        if start.checked_add(minutes).map_or(true, |end| end <= now) {
            return Err(NotBookable::InThePast);
        }
        if self.weekly_hours.slot_at(start, self.slot_length, zone).is_ok() {
            return Err(NotBookable::OnGrid);
        }
        Slot::outside_grid(start, length, zone).ok_or(NotBookable::NotOnMark)
    }
}

impl Doctor {
    /// The slots of one local day that can still be booked at `now`, given those that are taken.
    #[must_use]
    pub fn free_slots(&self, day: Date, taken: &[Slot], now: Timestamp, zone: &TimeZone) -> Vec<Slot> {
        let mut slots = self.weekly_hours.slots_on(day, self.slot_length, zone);
        let free = |slot: &Slot| slot.start > now && slot.start.duration_since(now) <= BOOKING_HORIZON && !taken.contains(slot);
        slots.retain(free);
        slots
    }
}

/// Why nobody can book an appointment at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotBookable {
    /// It has begun or is over.
    InThePast,
    /// It lies beyond [`BOOKING_HORIZON`].
    TooFarAhead,
    /// The doctor does not work then.
    OutsideHours,
    /// The doctor works then, but appointments start at other times.
    OffGrid,
    /// For an extra appointment: it is the start of one of the doctor's slots.
    OnGrid,
    /// For an extra appointment: it starts between two five-minute marks, or goes past midnight.
    NotOnMark,
}
