//! Appointments, and the three places where each one is stored.
//!
//! - Under its id: the appointment itself.
//! - In the doctor's partition, in the item of its local day: an attribute for each five-minute mark that it takes: see `doctor_days`.
//! - In the patient's partition, in the item of its local day: the same, so that no other appointment can overlap, and an entry for the
//!   patient's list.
//!
//! A change writes them in one transaction, under the condition that the appointment still has the version that was read. The transaction of
//! a booking costs 6 write units. The doctor's list has an item for each appointment, which follows from the stream and is a moment late.

use aws_sdk_dynamodb::types::builders::{ConditionCheckBuilder, UpdateBuilder};
use domain::{
    appointment::{Appointment, Status, When},
    availability::Because,
    doctor::Doctor,
    id::{AppointmentId, DoctorId, PatientId, WaitId},
    mrn::Mrn,
    schedule::Slot,
    text::{PersonName, Reason, Specialization},
    treating::{AFTERWARDS, treats},
    waiting::State,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    Item, Key, Record, Store, StoreError,
    care::Care,
    doctor_days::{self, DayWrite, FOR_GOOD, Marks, check_plan, marks_of},
    from_item, integer,
    keys::{self, Range},
    number,
    record::{to_value, version_of},
    text, trail,
    transact::{NEW, Transaction},
};

impl Record for Appointment {
    const KIND: &'static str = "appointment";
    const VERSION: u32 = 2;
    fn key(&self) -> Key {
        keys::appointment(self.id)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient_id)
    }
}

/// An appointment as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgendaEntry {
    pub id: AppointmentId,
    pub patient_id: PatientId,
    pub patient_name: PersonName,
    pub patient_mrn: Mrn,
    pub doctor_id: DoctorId,
    pub doctor_name: PersonName,
    pub specialization: Specialization,
    pub slot: Slot,
    /// The name that [`Status::as_str`] gives.
    pub status: String,
    /// When the patient arrived, if somebody noted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<Timestamp>,
    /// In the doctor's list only: the item of the patient's day has no room for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Why it cannot take place at this time, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_new_time: Option<Because>,
}

impl AgendaEntry {
    fn of(appointment: &Appointment, reason: Option<Reason>) -> Self {
        Self {
            id: appointment.id,
            patient_id: appointment.patient_id,
            patient_name: appointment.patient_name.clone(),
            patient_mrn: appointment.patient_mrn.clone(),
            doctor_id: appointment.doctor_id,
            doctor_name: appointment.doctor_name.clone(),
            specialization: appointment.specialization.clone(),
            slot: appointment.slot,
            status: appointment.status.as_str().to_owned(),
            arrived_at: appointment.arrived_at,
            needs_new_time: appointment.needs_new_time,
            reason,
        }
    }
}

/// An appointment in its doctor's list.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct DoctorSlot {
    #[serde(flatten)]
    entry: AgendaEntry,
    /// The version of the appointment.
    version: u64,
}

impl Record for DoctorSlot {
    const KIND: &'static str = "doctor_slot";
    const VERSION: u32 = 3;
    fn key(&self) -> Key {
        keys::slot(self.entry.doctor_id, self.entry.slot.start, self.entry.id)
    }
}

/// How often something is written again when the plan of the doctor's day changes at the same moment.
pub(super) const TRIES: usize = 4;
const PATIENT_DAY: &str = "patient_day";
const PATIENT_DAY_VERSION: u32 = 2;
/// How many appointments can be booked for one patient's day or moved to it, including those that were cancelled or moved away later.
/// The day is one item, which must stay small.
const MAX_ENTRIES_A_DAY: u16 = 12;

/// Why an appointment was not written. Nothing else was written either.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("the doctor has another appointment in that slot")]
    SlotTaken,
    #[error("the patient has this slot already")]
    OwnSlot(AppointmentId),
    #[error("the slot is held for this patient, who waits")]
    Offered(WaitId),
    #[error("the patient has another appointment at that time")]
    PatientBusy,
    #[error("the patient's day is full of appointments that were booked and moved")]
    TooMany,
    #[error("the doctor's day has changed since it was read")]
    PlanChanged,
    #[error("the appointment has changed since it was read")]
    Stale,
    #[error("the appointment has an encounter")]
    HasEncounter,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl WriteError {
    /// For work that follows from an event: when somebody changes the same things in this moment, the event has to come again.
    #[must_use]
    pub fn to_retry(self) -> StoreError {
        match self {
            Self::Store(error) => error,
            why => StoreError::Unavailable(Box::new(why)),
        }
    }
}

/// Which appointments a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Which {
    pub when: When,
    /// Only those that cannot take place as booked.
    pub needs_new_time: bool,
}

impl From<When> for Which {
    fn from(when: When) -> Self {
        Self { when, needs_new_time: false }
    }
}

/// Where a list continues: after this appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    pub start: Timestamp,
    pub id: AppointmentId,
}

impl After {
    #[must_use]
    pub fn of(entry: &AgendaEntry) -> Self {
        Self { start: entry.slot.start, id: entry.id }
    }
}

impl Store {
    pub async fn appointment(&self, id: AppointmentId) -> Result<Option<Appointment>, StoreError> {
        self.get(&keys::appointment(id)).await
    }

    /// Writes a new appointment if the doctor's slot and the patient's time are free, and nothing has taken the slot off the doctor's plan since
    /// it was read. When several try at once, one succeeds.
    pub async fn appointment_book(&self, appointment: &Appointment, doctor: &Doctor, plan: u64, zone: &TimeZone) -> Result<(), WriteError> {
        let (now, mut plan) = (appointment.booked_at, plan);
        for _ in 0..TRIES {
            match self.book_by_plan(appointment, plan, now, zone).await {
                Err(WriteError::PlanChanged) => plan = self.new_plan(appointment, doctor, zone).await?,
                Err(why) => return self.why_not(appointment, why, now, zone).await,
                outcome => return outcome,
            }
        }
        Err(day_is_busy())
    }

    async fn book_by_plan(&self, appointment: &Appointment, plan: u64, now: Timestamp, zone: &TimeZone) -> Result<(), WriteError> {
        let mut write = self.transaction();
        take_slot(&mut write, appointment, plan, Marks::Take { until: FOR_GOOD, now }, zone)?;
        add_appointment(&mut write, appointment, zone)?;
        write.commit().await
    }

    /// The plan of the doctor's day, which has changed, if the appointment can still take place: what was added or taken away lies elsewhere
    /// on the day.
    pub(super) async fn new_plan(&self, appointment: &Appointment, doctor: &Doctor, zone: &TimeZone) -> Result<u64, WriteError> {
        let day = self.doctor_day(doctor.id, appointment.slot.day(zone)).await?;
        let obstacle = doctor.obstacle(appointment.slot, appointment.extra_because.is_some(), &day, zone);
        obstacle.map_or(Ok(day.plan), |_| Err(WriteError::PlanChanged))
    }

    /// Finds out more about a refusal. After too many conflicts, or a lost answer, the table says what became of ours. And whoever has taken
    /// the slot may be the patient.
    async fn why_not(&self, ours: &Appointment, why: WriteError, now: Timestamp, zone: &TimeZone) -> Result<(), WriteError> {
        let why = match why {
            WriteError::Store(busy @ StoreError::Unavailable(_)) => {
                if self.appointment(ours.id).await?.is_some_and(|there| there.version >= ours.version && there.slot == ours.slot) {
                    return Ok(());
                }
                let day = self.doctor_day(ours.doctor_id, ours.slot.day(zone)).await?;
                if ours.extra_because.is_none() && !day.is_free(ours.slot, now, zone) { WriteError::SlotTaken } else { busy.into() }
            }
            why => why,
        };
        if !matches!(why, WriteError::SlotTaken) {
            return Err(why);
        }
        let day = self.item(&keys::patient_day(ours.patient_id, ours.slot.day(zone))).await?;
        for entry in day.map(day_entries).transpose()?.unwrap_or_default() {
            if entry.doctor_id == ours.doctor_id && entry.slot == ours.slot && entry.id != ours.id && entry.status != "cancelled" {
                return Err(WriteError::OwnSlot(entry.id));
            }
        }
        for wait in self.waits_of_patient(ours.patient_id).await? {
            if let State::Offered(offer) = &wait.state
                && (offer.doctor_id, offer.slot) == (ours.doctor_id, ours.slot)
                && offer.until > now
            {
                return Err(WriteError::Offered(wait.id));
            }
        }
        Err(why)
    }

    /// Moves an appointment from the slot in `before` to the one in `after`. The old slot becomes free in the same transaction, and
    /// the patient's old time does not count as taken. `plan` is that of the doctor's new day.
    pub async fn appointment_move(
        &self,
        before: &Appointment,
        after: &Appointment,
        doctor: &Doctor,
        plan: u64,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<(), WriteError> {
        let mut plan = plan;
        for _ in 0..TRIES {
            match self.move_by_plan(before, after, plan, now, zone).await {
                Err(WriteError::PlanChanged) => plan = self.new_plan(after, doctor, zone).await?,
                Err(why) => return self.why_not(after, why, now, zone).await,
                outcome => return outcome,
            }
        }
        Err(day_is_busy())
    }

    async fn move_by_plan(
        &self,
        before: &Appointment,
        after: &Appointment,
        plan: u64,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<(), WriteError> {
        let (from, to) = (before.slot.day(zone), after.slot.day(zone));
        let (old, new) = (before.slot.marks(zone), after.slot.marks(zone));
        let only = |these: &[u16], others: &[u16]| -> Vec<u16> { these.iter().copied().filter(|mark| !others.contains(mark)).collect() };
        let mut write = self.transaction();
        write.replace(after, before.version, |_| WriteError::Stale)?;
        let (doctors_old, doctors_new) = (marks_of(before, zone), marks_of(after, zone));
        let kept = |mark: &&String| doctors_old.contains(mark) && doctors_new.contains(mark);
        let but = |marks: &[String]| -> Vec<String> { marks.iter().filter(|mark| !kept(mark)).cloned().collect() };
        let mut of_doctor = |date: Date, take: &[String], free: &[String]| {
            let how = Marks::Take { until: FOR_GOOD, now };
            doctor_days::change_day(&mut write, &DayWrite { doctor: after.doctor_id, date, take, how, free, plan })
        };
        if from == to {
            of_doctor(to, &but(&doctors_new), &but(&doctors_old))?;
            change_day(&mut write, after, to, Some(after), &DayChange { take: only(&new, &old), free: only(&old, &new) })?;
        } else {
            of_doctor(to, &doctors_new, &[])?;
            of_doctor(from, &[], &doctors_old)?;
            change_day(&mut write, after, to, Some(after), &DayChange { take: new, free: Vec::new() })?;
            change_day(&mut write, after, from, None, &DayChange { take: Vec::new(), free: old })?;
        }
        write.commit().await
    }

    /// Writes a change of status. Cancelling frees the slot and the patient's time in the same transaction.
    pub async fn appointment_change_status(&self, before: &Appointment, after: &Appointment, zone: &TimeZone) -> Result<(), WriteError> {
        let (mut day, date) = (DayChange::default(), before.slot.day(zone));
        let mut write = self.transaction();
        write.replace(after, before.version, |_| WriteError::Stale)?;
        if matches!(after.status, Status::Cancelled { .. }) {
            day.free = before.slot.marks(zone);
            let (doctor, how, free) = (before.doctor_id, Marks::BookHeld { until: 0 }, &marks_of(before, zone));
            doctor_days::change_day(&mut write, &DayWrite { doctor, date, take: &[], how, free, plan: 0 })?;
        }
        // What was written about an appointment shows that the patient was there.
        if matches!(before.status, Status::Arrived { .. }) && matches!(after.status, Status::Scheduled | Status::Rescheduled) {
            let held = keys::appointment_held(before.patient_id, before.id);
            write.check(&held, |check| check.condition_expression(NEW), |_| WriteError::HasEncounter)?;
        }
        change_day(&mut write, after, date, Some(after), &day)?;
        write.commit().await
    }

    /// Writes whether an appointment can take place as booked, if the doctor and the plan of their day are those by which it was judged.
    pub async fn appointment_review(
        &self,
        before: &Appointment,
        after: &Appointment,
        doctor: &Doctor,
        plan: u64,
        zone: &TimeZone,
    ) -> Result<(), WriteError> {
        let mut write = self.transaction();
        write.replace(after, before.version, |_| WriteError::Stale)?;
        let same = |check: ConditionCheckBuilder| {
            check.condition_expression("version = :judged").expression_attribute_values(":judged", number(doctor.version))
        };
        write.check(&keys::doctor(doctor.id), same, |_| WriteError::PlanChanged)?;
        check_plan(&mut write, doctor.id, before.slot.day(zone), plan)?;
        change_day(&mut write, after, before.slot.day(zone), Some(after), &DayChange::default())?;
        write.commit().await
    }

    /// Makes the doctor's list show an appointment as it is now. `earlier` is what it was before: it may have been at another place.
    pub async fn doctor_list_follow(&self, appointment: &Appointment, earlier: &[&Appointment]) -> Result<(), StoreError> {
        let entry = AgendaEntry::of(appointment, Some(appointment.reason.clone()));
        let line = DoctorSlot { entry, version: appointment.version };
        let on = !matches!(appointment.status, Status::Cancelled { .. });
        for other in earlier.iter().filter(|other| !on || other.slot.start != appointment.slot.start) {
            self.delete(&keys::slot(other.doctor_id, other.slot.start, other.id)).await?;
        }
        if on {
            // Refused when the list shows this version, or a later one, already.
            let condition = format!("{NEW} OR version < :version");
            self.put_where(&line, &condition, &[(":version", number(appointment.version))]).await?;
        }
        Ok(())
    }

    /// Whether a doctor treats a patient now, judged by the patient's appointments with this doctor, and by stays and emergencies.
    pub async fn patient_is_treated_by(
        &self,
        doctor: DoctorId,
        patient: PatientId,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<bool, StoreError> {
        Ok(self.patient_treatment(doctor, patient, now, zone).await?.is_some())
    }

    /// The latest slot because of which a doctor treats a patient now.
    pub(super) async fn patient_treatment(
        &self,
        doctor: DoctorId,
        patient: PatientId,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Option<Slot>, StoreError> {
        let treatments = self.patient_treatments(patient, now, zone).await?;
        Ok(treatments.into_iter().filter(|(by, _)| *by == doctor).map(|(_, slot)| slot).max())
    }

    /// The doctors who treat a patient now, each with the slots because of which they do.
    pub async fn patient_treatments(
        &self,
        patient: PatientId,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Vec<(DoctorId, Slot)>, StoreError> {
        let earliest = zone.to_datetime(now.saturating_sub(AFTERWARDS).unwrap_or(now)).date();
        let counts = |entry: &AgendaEntry| !matches!(entry.status.as_str(), "cancelled" | "no_show") && treats(entry.slot, now);
        let mut treatments = Vec::new();
        for day in self.query(keys::treatments(patient, earliest)).consistent().all().await? {
            if let Some(care) = Care::read(&day) {
                let care = care?;
                treatments.extend(Some((care.doctor_id, care.slot())).filter(|(_, slot)| treats(*slot, now)));
                continue;
            }
            treatments.extend(day_entries(day)?.into_iter().filter(counts).map(|entry| (entry.doctor_id, entry.slot)));
        }
        Ok(treatments)
    }

    /// Whether a patient has no appointment at the time of a slot.
    pub async fn patient_is_free(&self, patient: PatientId, slot: Slot, zone: &TimeZone) -> Result<bool, StoreError> {
        let day = self.item(&keys::patient_day(patient, slot.day(zone))).await?;
        Ok(day.is_none_or(|day| !slot.marks(zone).iter().any(|mark| day.contains_key(&format!("m{mark}")))))
    }

    /// How many appointments a patient has missed from a day on.
    pub async fn appointments_missed(&self, patient: PatientId, from: Date) -> Result<usize, StoreError> {
        let mut missed = 0;
        for day in self.query(keys::patient_days(patient, Some(from), None)).all().await? {
            missed += day_entries(day)?.iter().filter(|entry| entry.status == "no_show").count();
        }
        Ok(missed)
    }

    /// A doctor's appointments that begin in a span of time, both ends included, by time. Without cancelled ones.
    pub async fn appointments_of_doctor(
        &self,
        doctor: DoctorId,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Vec<AgendaEntry>, StoreError> {
        let slots = self.query(keys::slots(doctor, Some(from), Some(to))).consistent().all().await?;
        slots.into_iter().map(|slot| from_item::<DoctorSlot>(slot).map(|slot| slot.entry)).collect()
    }

    /// One page of a doctor's appointments.
    pub async fn appointment_list_of_doctor(
        &self,
        doctor: DoctorId,
        when: Which,
        now: Timestamp,
        after: Option<After>,
        limit: usize,
    ) -> Result<Vec<AgendaEntry>, StoreError> {
        let position = after.map(|after| after.start);
        let range = match when.when {
            // An appointment lasts at most four hours, so one that is going on began at most four hours ago.
            When::Upcoming => keys::slots(doctor, Some(position.unwrap_or_else(|| begun_at_most(now))), None),
            // An appointment can be completed before its time on the same day, so this list reaches a day ahead.
            When::Past => keys::slots(doctor, None, Some(position.unwrap_or_else(|| a_day_after(now)))),
        };
        let read = |item: Item| from_item::<DoctorSlot>(item).map(|slot| vec![slot.entry]);
        self.agenda(range, when, now, after, limit, read).await
    }

    /// One page of a patient's appointments.
    pub async fn appointment_list_of_patient(
        &self,
        patient: PatientId,
        when: Which,
        now: Timestamp,
        zone: &TimeZone,
        after: Option<After>,
        limit: usize,
    ) -> Result<Vec<AgendaEntry>, StoreError> {
        let day = |at: Timestamp| zone.to_datetime(at).date();
        let range = match when.when {
            When::Upcoming => keys::patient_days(patient, Some(day(after.map_or(begun_at_most(now), |after| after.start))), None),
            When::Past => keys::patient_days(patient, None, after.map(|after| day(after.start))),
        };
        trail::patient(patient);
        self.agenda(range, when, now, after, limit, day_entries).await
    }

    /// One page of a list, and one entry more if the list continues. The patients on the page go on the request's trail here, so that no
    /// endpoint can forget it.
    async fn agenda(
        &self,
        range: Range,
        which: Which,
        now: Timestamp,
        after: Option<After>,
        limit: usize,
        read: impl Fn(Item) -> Result<Vec<AgendaEntry>, StoreError>,
    ) -> Result<Vec<AgendaEntry>, StoreError> {
        let when = which.when;
        let wanted = |entry: &AgendaEntry| !which.needs_new_time || entry.needs_new_time.is_some();
        let query = self.query(range).latest_first(when == When::Past);
        let mut entries = Vec::new();
        let mut resume = None;
        loop {
            // Of those that are looked for, few are on a page.
            let at_once = if which.needs_new_time { limit.max(100) } else { limit } + 2;
            let (items, next) = query.page(Some(at_once), resume).await?;
            for item in items {
                let mut found = read(item)?;
                found.sort_by_key(|entry| (entry.slot.start, entry.id));
                if when == When::Past {
                    found.reverse();
                }
                entries.extend(found.into_iter().filter(|entry| wanted(entry) && belongs(entry, when, now) && follows(entry, when, after)));
            }
            resume = next;
            if resume.is_none() || entries.len() > limit {
                entries.truncate(limit + 1);
                for entry in entries.iter().take(limit) {
                    trail::patient(entry.patient_id);
                }
                return Ok(entries);
            }
        }
    }
}

pub(super) fn day_is_busy() -> WriteError {
    StoreError::Unavailable("the doctor's day is changed by others at this moment".into()).into()
}

/// Takes what the appointment needs of the doctor's day.
pub(super) fn take_slot(
    write: &mut Transaction<'_, WriteError>,
    appointment: &Appointment,
    plan: u64,
    how: Marks,
    zone: &TimeZone,
) -> Result<(), WriteError> {
    let (doctor, date) = (appointment.doctor_id, appointment.slot.day(zone));
    let take = &marks_of(appointment, zone);
    doctor_days::change_day(write, &DayWrite { doctor, date, take, how, free: &[], plan })
}

/// Adds an appointment and its time on the patient's day. The doctor's slot is taken beside it.
pub(super) fn add_appointment(
    write: &mut Transaction<'_, WriteError>,
    appointment: &Appointment,
    zone: &TimeZone,
) -> Result<(), WriteError> {
    let day = DayChange { take: appointment.slot.marks(zone), free: Vec::new() };
    write.put_new(appointment, |_| WriteError::Stale)?;
    change_day(write, appointment, appointment.slot.day(zone), Some(appointment), &day)
}

/// Takes and frees marks on a patient's day, and writes the appointment's entry there (`None` removes it).
fn change_day(
    write: &mut Transaction<'_, WriteError>,
    appointment: &Appointment,
    day: Date,
    entry: Option<&Appointment>,
    change: &DayChange,
) -> Result<(), WriteError> {
    let mark = |mark: &u16| format!("m{mark}");
    let mut set = vec!["kind = :kind".to_owned(), "v = :v".to_owned()];
    set.extend(change.take.iter().map(|m| format!("{} = :one", mark(m))));
    let mut remove: Vec<String> = change.free.iter().map(mark).collect();
    // An entry that is new to the day counts towards the day's limit. Cancelled ones stay in the list.
    let enters = !change.take.is_empty() && change.free.is_empty();
    let entry = entry.map(|appointment| to_value(&AgendaEntry::of(appointment, None), PATIENT_DAY)).transpose()?;
    match entry {
        Some(_) => set.push("#appointment = :appointment".to_owned()),
        None => remove.push("#appointment".to_owned()),
    }
    let mut expression = format!("SET {}", set.join(", "));
    if !remove.is_empty() {
        expression = format!("{expression} REMOVE {}", remove.join(", "));
    }
    if enters {
        expression += " ADD entries :one";
    }
    let mut conditions: Vec<String> = change.take.iter().map(|m| format!("attribute_not_exists({})", mark(m))).collect();
    if enters {
        conditions.push("(attribute_not_exists(entries) OR entries < :max)".to_owned());
    }
    let update = |update: UpdateBuilder| {
        let update = entry.into_iter().fold(update, |update, entry| update.expression_attribute_values(":appointment", entry));
        let update = if change.take.is_empty() { update } else { update.expression_attribute_values(":one", number(1)) };
        let update = if enters { update.expression_attribute_values(":max", number(MAX_ENTRIES_A_DAY)) } else { update };
        update
            .update_expression(expression)
            .set_condition_expression((!conditions.is_empty()).then(|| conditions.join(" AND ")))
            .expression_attribute_names("#appointment", appointment.id.to_string())
            .expression_attribute_values(":kind", text(PATIENT_DAY))
            .expression_attribute_values(":v", number(PATIENT_DAY_VERSION))
    };
    write.update(&keys::patient_day(appointment.patient_id, day), update, |there| {
        let entries = integer(&there, "entries").unwrap_or(0);
        if entries >= i64::from(MAX_ENTRIES_A_DAY) { WriteError::TooMany } else { WriteError::PatientBusy }
    })
}

/// The five-minute marks of a patient's day that a change takes and frees.
#[derive(Debug, Default)]
struct DayChange {
    take: Vec<u16>,
    free: Vec<u16>,
}

pub(crate) fn day_entries(item: Item) -> Result<Vec<AgendaEntry>, StoreError> {
    let found = version_of(&item);
    if found != PATIENT_DAY_VERSION {
        return Err(StoreError::Shape { kind: PATIENT_DAY, found, known: PATIENT_DAY_VERSION });
    }
    let appointments = item.into_iter().filter(|(name, _)| name.starts_with(AppointmentId::PREFIX));
    appointments
        .map(|(_, value)| serde_dynamo::from_attribute_value(value).map_err(|error| StoreError::corrupt(PATIENT_DAY, error)))
        .collect()
}

fn begun_at_most(now: Timestamp) -> Timestamp {
    now.saturating_sub(jiff::SignedDuration::from_hours(4)).unwrap_or(now)
}

fn a_day_after(now: Timestamp) -> Timestamp {
    now.saturating_add(jiff::SignedDuration::from_hours(24)).unwrap_or(now)
}

/// Upcoming: not over and not cancelled. Past: all the others.
fn belongs(entry: &AgendaEntry, when: When, now: Timestamp) -> bool {
    is_ahead(entry, now) == (when == When::Upcoming)
}

pub(crate) fn is_ahead(entry: &AgendaEntry, now: Timestamp) -> bool {
    entry.slot.end > now && matches!(entry.status.as_str(), "scheduled" | "rescheduled" | "arrived")
}

fn follows(entry: &AgendaEntry, when: When, after: Option<After>) -> bool {
    let Some(after) = after else { return true };
    let (entry, after) = ((entry.slot.start, entry.id), (after.start, after.id));
    if when == When::Upcoming { entry > after } else { entry < after }
}
