//! A doctor's free slots: those of the working hours that are not booked.

use domain::{
    doctor::{BOOKING_HORIZON, Doctor},
    schedule::Slot,
};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::{Store, StoreError};

/// How many days ahead to look for the next free slots.
const LOOK_AHEAD_DAYS: i32 = 14;

impl Store {
    /// Whether a doctor can be booked at all.
    pub async fn doctor_takes_appointments(&self, doctor: &Doctor) -> Result<bool, StoreError> {
        Ok(self.account(doctor.user_id).await?.is_some_and(|stored| stored.account.takes_appointments()))
    }

    /// The free slots of a span of local days, both included.
    pub async fn doctor_free_slots(
        &self,
        doctor: &Doctor,
        (from, to): (Date, Date),
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Vec<Slot>, StoreError> {
        // Nothing is free before today or beyond the horizon, so those days are not read.
        let horizon = zone.to_datetime(now.saturating_add(BOOKING_HORIZON).unwrap_or(now)).date();
        let (from, to) = (from.max(zone.to_datetime(now).date()), to.min(horizon));
        if from > to {
            return Ok(Vec::new());
        }
        let midnight = |day: Date| day.to_zoned_datetime(zone.clone()).map_or(now, |midnight| midnight.timestamp());
        // One second before the last midnight: the range includes both ends.
        let last = midnight(to.saturating_add(1.day())).saturating_sub(SignedDuration::from_secs(1));
        let taken = self.appointment_taken_slots(doctor.id, (midnight(from), last.unwrap_or(now)), now).await?;
        let days = from.series(1.day()).take_while(|day| *day <= to);
        Ok(days.flat_map(|day| doctor.free_slots(day, &taken, now, zone)).collect())
    }

    /// The first free slots from an instant on, at most `count` of them.
    pub async fn doctor_next_free_slots(
        &self,
        doctor: &Doctor,
        from: Timestamp,
        count: usize,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Vec<Slot>, StoreError> {
        let first = zone.to_datetime(from.max(now)).date();
        let mut slots = self.doctor_free_slots(doctor, (first, first.saturating_add(LOOK_AHEAD_DAYS.days())), now, zone).await?;
        slots.retain(|slot| slot.start >= from);
        slots.truncate(count);
        Ok(slots)
    }
}
