//! The waiting list: each wait, its lines in the queues of its days, and the slots that are held.
//!
//! A hold takes the very marks of the doctor's day that a booking takes, so an offer and a booking keep each other out. Each names the moment
//! at which it ends, and from then on counts for nothing: nobody has to remove it.

use std::collections::BTreeMap;

use domain::{
    appointment::Appointment,
    doctor::Doctor,
    id::{PatientId, WaitId},
    waiting::{PLACES, State, Target, Wait},
};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    Key, Record, Store, StoreError,
    appointments::{self, WriteError, add_appointment, take_slot},
    doctor_days::{DayWrite, Marks, change_day, marks, release_hold},
    from_item,
    keys::{self, Queue},
    number, text,
    transact::Transaction,
};

/// How long a wait is kept after its last day.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(180 * 24);
/// How often a place is looked for when others take one at the same moment.
const TRIES: usize = 8;

impl Record for Wait {
    const KIND: &'static str = "wait";
    fn key(&self) -> Key {
        keys::wait(self.id)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient_id)
    }
    fn expires_at(&self) -> Option<Timestamp> {
        end_of(self.to).checked_add(KEPT_FOR).ok()
    }
}

/// A wait's line in the queue of one day. It never changes, so an offer costs the same for a wait of one day and of many. And the first who
/// fits is found without reading those who wait for other days.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    day: Date,
    target: Target,
    wait_id: WaitId,
    patient_id: PatientId,
}

impl Record for Line {
    const KIND: &'static str = "wait_line";
    fn key(&self) -> Key {
        keys::wait_line(&Queue::of(&self.target), self.day, self.wait_id)
    }
    fn expires_at(&self) -> Option<Timestamp> {
        Some(end_of(self.day))
    }
}

/// One of a patient's places. It is free again when the wait's days are over.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Place {
    patient_id: PatientId,
    number: u8,
    wait_id: WaitId,
    target: Target,
    free_from: i64,
}

impl Record for Place {
    const KIND: &'static str = "waiting_place";
    fn key(&self) -> Key {
        keys::waiting_place(self.patient_id, self.number)
    }
    fn expires_at(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.free_from).ok()
    }
}

/// Why a wait did not begin. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WaitError {
    #[error("the patient waits for this already")]
    Waits(WaitId),
    #[error("the patient has no place left")]
    NoPlace,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a try to begin a wait failed.
#[derive(Debug, thiserror::Error)]
enum PlaceError {
    #[error("another wait has the place")]
    Taken,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    pub async fn wait(&self, id: WaitId) -> Result<Option<Wait>, StoreError> {
        self.get(&keys::wait(id)).await
    }

    /// The waits of a patient that go on, as they were written last.
    pub async fn waits_of_patient(&self, patient: PatientId) -> Result<Vec<Wait>, StoreError> {
        let mut waits = Vec::new();
        for place in self.places(patient).await? {
            waits.extend(self.wait(place.wait_id).await?);
        }
        Ok(waits)
    }

    async fn places(&self, patient: PatientId) -> Result<Vec<Place>, StoreError> {
        self.query(keys::waiting_places(patient)).consistent().all().await?.into_iter().map(from_item).collect()
    }

    /// One page of those who wait for a slot on a day, in the order in which they came.
    pub async fn wait_queue(&self, target: &Target, day: Date, after: Option<WaitId>, limit: usize) -> Result<Vec<WaitId>, StoreError> {
        let range = keys::wait_lines(&Queue::of(target), day, after);
        let lines = self.query(range).consistent().first(limit).await?;
        lines.into_iter().map(|line| from_item::<Line>(line).map(|line| line.wait_id)).collect()
    }

    /// Begins a wait in one of the patient's free places, and returns it with its place. `over_at` is when its days are over.
    pub async fn wait_begin(&self, wait: Wait, over_at: Timestamp, now: Timestamp, zone: &TimeZone) -> Result<Wait, WaitError> {
        let mut busy = None;
        for _ in 0..TRIES {
            // Each place with the wait that had it and is over.
            let mut free: BTreeMap<u8, Option<WaitId>> = (0..PLACES).map(|number| (number, None)).collect();
            for place in self.places(wait.patient_id).await?.into_iter().filter(|place| place.free_from > now.as_second()) {
                if place.wait_id == wait.id {
                    // The answer to an earlier try was lost.
                    return Ok(Wait { place: place.number, ..wait });
                }
                let there = self.wait(place.wait_id).await?;
                if !there.is_some_and(|there| there.at(now, zone).goes_on()) {
                    free.insert(place.number, Some(place.wait_id));
                } else if Queue::of(&place.target) == Queue::of(&wait.target) {
                    return Err(WaitError::Waits(place.wait_id));
                } else {
                    free.remove(&place.number);
                }
            }
            let (place, over) = free.into_iter().next().ok_or(WaitError::NoPlace)?;
            let wait = Wait { place, ..wait.clone() };
            match self.wait_take(&wait, over, over_at, now).await {
                Ok(()) => return Ok(wait),
                Err(PlaceError::Taken) => {}
                Err(PlaceError::Store(error @ StoreError::Unavailable(_))) => busy = Some(error),
                Err(PlaceError::Store(error)) => return Err(error.into()),
            }
        }
        Err(busy.map_or(WaitError::NoPlace, WaitError::Store))
    }

    async fn wait_take(&self, wait: &Wait, over: Option<WaitId>, over_at: Timestamp, now: Timestamp) -> Result<(), PlaceError> {
        let place = Place {
            patient_id: wait.patient_id,
            number: wait.place,
            wait_id: wait.id,
            target: wait.target.clone(),
            free_from: over_at.as_second(),
        };
        let mut write = self.transaction();
        let is_free = "attribute_not_exists(pk) OR free_from <= :now OR wait_id = :over";
        let values = [(":now", number(now.as_second())), (":over", text(over.map(|id| id.to_string()).unwrap_or_default()))];
        write.put_if(&place, is_free, &values, |_| PlaceError::Taken)?;
        write.put_new(wait, |_| PlaceError::Taken)?;
        for line in lines(wait) {
            write.put_new(&line, |_| PlaceError::Taken)?;
        }
        write.commit().await
    }

    /// Writes a change of a wait, and holds or frees the slot that it is about. `before` is what is stored. `plan` is that of the day on which
    /// a slot is to be held.
    pub async fn wait_change(&self, before: &Wait, after: &Wait, plan: u64, now: Timestamp, zone: &TimeZone) -> Result<(), WriteError> {
        let mut write = self.transaction();
        put_wait(&mut write, before, after)?;
        if let State::Offered(offer) = &before.state
            && offer.until > now
        {
            release_hold(&mut write, offer.doctor_id, offer.slot, offer.until, zone)?;
        }
        if let State::Offered(offer) = &after.state {
            let (take, how) = (&marks(offer.slot, zone), Marks::Take { until: offer.until.as_second(), now });
            let (doctor, date) = (offer.doctor_id, offer.slot.day(zone));
            change_day(&mut write, &DayWrite { doctor, date, take, how, free: &[], plan })?;
        }
        write.commit().await
    }

    /// Books the slot that is held for a wait. Of several who try at once, one succeeds.
    pub async fn wait_book(
        &self,
        before: &Wait,
        after: &Wait,
        appointment: &Appointment,
        doctor: &Doctor,
        plan: u64,
        zone: &TimeZone,
    ) -> Result<(), WriteError> {
        let State::Offered(offer) = &before.state else { return Err(WriteError::Stale) };
        let mut plan = plan;
        for _ in 0..appointments::TRIES {
            let mut write = self.transaction();
            put_wait(&mut write, before, after)?;
            take_slot(&mut write, appointment, plan, Marks::BookHeld { until: offer.until.as_second() }, zone)?;
            add_appointment(&mut write, appointment, zone)?;
            match write.commit().await {
                Err(WriteError::PlanChanged) => plan = self.new_plan(appointment, doctor, zone).await?,
                outcome => return outcome,
            }
        }
        Err(appointments::day_is_busy())
    }
}

/// Writes a changed wait. One that is over is in no queue, and its place is free.
fn put_wait(write: &mut Transaction<'_, WriteError>, before: &Wait, after: &Wait) -> Result<(), WriteError> {
    write.replace(after, before.version, |_| WriteError::Stale)?;
    if after.goes_on() {
        return Ok(());
    }
    // The table may have deleted a line of a day that is over. And the place may have been free since then, and be another wait's.
    let own = [(":id", text(after.id))];
    let keys = lines(after).map(|line| line.key()).chain([keys::waiting_place(after.patient_id, after.place)]);
    for key in keys {
        write.delete_if(&key, "attribute_not_exists(pk) OR wait_id = :id", &own, |_| WriteError::Stale)?;
    }
    Ok(())
}

/// A line for each day of a wait.
fn lines(wait: &Wait) -> impl Iterator<Item = Line> {
    let days = wait.from.series(1.day()).take_while(|day| *day <= wait.to);
    days.map(|day| Line { day, target: wait.target.clone(), wait_id: wait.id, patient_id: wait.patient_id })
}

/// When a day is over everywhere.
fn end_of(day: Date) -> Timestamp {
    let next = day.saturating_add(2.days()).to_zoned_datetime(TimeZone::UTC);
    next.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

impl Queue {
    pub(super) fn of(target: &Target) -> Self {
        match target {
            Target::Doctor { id, .. } => Self::Doctor(*id),
            Target::Specialization(specialization) => Self::Specialization(specialization.clone()),
        }
    }
}
