//! A doctor's free slots, derived from their terms and their days.

use domain::{availability::DoctorDay, doctor::Doctor, schedule::Slot};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

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
        let today = zone.to_datetime(now).date();
        let (from, to) = (from.max(today), to.min(doctor.last_day(today)));
        if from > to {
            return Ok(Vec::new());
        }
        let (days, plain) = (self.doctor_days(doctor.id, (from, to)).await?, DoctorDay::default());
        let dates = from.series(1.day()).take_while(|date| *date <= to);
        Ok(dates.flat_map(|date| doctor.free_slots(date, days.get(&date).unwrap_or(&plain), now, zone)).collect())
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
