//! Appointments, and the three places where each one is stored.
//!
//! - Under its id: the appointment itself.
//! - In the doctor's partition, under the slot's start: while this item exists, nobody else can book the slot.
//! - In the patient's partition, in the item of its local day: an attribute for each taken five-minute mark, so that no other
//!   appointment can overlap, and an entry for the patient's list.
//!
//! Every change writes all three in one transaction, under the condition that the appointment still has the version that was
//! read. No index is involved: no list lags behind the appointment, and the transaction of a booking costs 6 write units.

use aws_sdk_dynamodb::types::{AttributeValue, builders::UpdateBuilder};
use domain::{
    appointment::{Appointment, Status, When},
    id::{AppointmentId, DoctorId, PatientId, WaitId},
    mrn::Mrn,
    schedule::Slot,
    text::{PersonName, Reason, Specialization},
    treating::{AFTERWARDS, treats},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    Item, Key, Record, Store, StoreError, from_item, integer,
    keys::{self, Range},
    number,
    record::{to_value, version_of},
    text, trail,
    transact::Transaction,
    waiting::{SLOT_IS_FREE, SlotHold},
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
            reason,
        }
    }
}

/// A taken slot.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct DoctorSlot(AgendaEntry);

impl DoctorSlot {
    fn of(appointment: &Appointment) -> Self {
        Self(AgendaEntry::of(appointment, Some(appointment.reason.clone())))
    }
}

impl Record for DoctorSlot {
    const KIND: &'static str = "doctor_slot";
    const VERSION: u32 = 2;
    fn key(&self) -> Key {
        keys::slot(self.0.doctor_id, self.0.slot.start)
    }
}

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
    #[error("the appointment has changed since it was read")]
    Stale,
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

    /// Writes a new appointment if the doctor's slot and the patient's time are free. When several try at once, one succeeds.
    pub async fn appointment_book(&self, appointment: &Appointment, zone: &TimeZone) -> Result<(), WriteError> {
        let mut write = self.transaction();
        take_slot(&mut write, appointment, appointment.booked_at)?;
        add_appointment(&mut write, appointment, zone)?;
        match write.commit().await {
            Err(WriteError::Store(busy)) => self.lost_race(appointment, busy).await,
            outcome => outcome,
        }
    }

    /// After too many conflicts, or a lost answer: the item of the slot says which appointment has it, and so what became of ours.
    async fn lost_race(&self, appointment: &Appointment, busy: StoreError) -> Result<(), WriteError> {
        if !matches!(busy, StoreError::Unavailable(_)) {
            return Err(busy.into());
        }
        match self.item(&keys::slot(appointment.doctor_id, appointment.slot.start)).await? {
            Some(taken) if taken.get("id") == Some(&text(appointment.id)) => Ok(()),
            Some(taken) => Err(taken_by(taken, appointment.patient_id)),
            None => Err(busy.into()),
        }
    }

    /// Moves an appointment from the slot in `before` to the one in `after`. The old slot becomes free in the same transaction, and
    /// the patient's old time does not count as taken.
    pub async fn appointment_move(
        &self,
        before: &Appointment,
        after: &Appointment,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<(), WriteError> {
        let (from, to) = (before.slot.day(zone), after.slot.day(zone));
        let (old, new) = (before.slot.marks(zone), after.slot.marks(zone));
        let mut write = self.transaction();
        write.replace(after, before.version, |_| WriteError::Stale)?;
        free_slot(&mut write, before)?;
        take_slot(&mut write, after, now)?;
        if from == to {
            let only = |these: &[u16], others: &[u16]| these.iter().copied().filter(|mark| !others.contains(mark)).collect();
            change_day(&mut write, after, to, Some(after), &DayChange { take: only(&new, &old), free: only(&old, &new) })?;
        } else {
            change_day(&mut write, after, to, Some(after), &DayChange { take: new, free: Vec::new() })?;
            change_day(&mut write, after, from, None, &DayChange { take: Vec::new(), free: old })?;
        }
        match write.commit().await {
            Err(WriteError::Store(busy)) => self.lost_race(after, busy).await,
            outcome => outcome,
        }
    }

    /// Writes a change of status. Cancelling frees the slot and the patient's time in the same transaction.
    pub async fn appointment_change_status(&self, before: &Appointment, after: &Appointment, zone: &TimeZone) -> Result<(), WriteError> {
        let mut day = DayChange::default();
        let mut write = self.transaction();
        write.replace(after, before.version, |_| WriteError::Stale)?;
        if matches!(after.status, Status::Cancelled { .. }) {
            day.free = before.slot.marks(zone);
            free_slot(&mut write, before)?;
        } else {
            write.put_if(&DoctorSlot::of(after), "id = :id", &[(":id", text(after.id))], |_| WriteError::Stale)?;
        }
        change_day(&mut write, after, after.slot.day(zone), Some(after), &day)?;
        write.commit().await
    }

    /// A doctor's slots that begin in a span of time and cannot be booked: those of appointments that are not cancelled, and those that are
    /// held for somebody.
    pub async fn appointment_taken_slots(
        &self,
        doctor: DoctorId,
        (from, to): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<Vec<Slot>, StoreError> {
        let mut taken = Vec::new();
        for item in self.query(keys::slots(doctor, Some(from), Some(to))).all().await? {
            if is_hold(&item) {
                let hold: SlotHold = from_item(item)?;
                taken.extend(hold.holds(now).then_some(hold.slot));
            } else {
                taken.push(from_item::<DoctorSlot>(item)?.0.slot);
            }
        }
        Ok(taken)
    }

    /// Whether a doctor treats a patient now, judged by the patient's appointments with this doctor.
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
        for day in self.query(keys::patient_days(patient, Some(earliest), None)).consistent().all().await? {
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
        let mut slots = self.query(keys::slots(doctor, Some(from), Some(to))).all().await?;
        slots.retain(|slot| !is_hold(slot));
        slots.into_iter().map(|slot| from_item::<DoctorSlot>(slot).map(|slot| slot.0)).collect()
    }

    /// One page of a doctor's appointments.
    pub async fn appointment_list_of_doctor(
        &self,
        doctor: DoctorId,
        when: When,
        now: Timestamp,
        after: Option<After>,
        limit: usize,
    ) -> Result<Vec<AgendaEntry>, StoreError> {
        let position = after.map(|after| after.start);
        let range = match when {
            // An appointment lasts at most four hours, so one that is going on began at most four hours ago.
            When::Upcoming => keys::slots(doctor, Some(position.unwrap_or_else(|| begun_at_most(now))), None),
            // An appointment can be completed before its time on the same day, so this list reaches a day ahead.
            When::Past => keys::slots(doctor, None, Some(position.unwrap_or_else(|| a_day_after(now)))),
        };
        let read = |item: Item| {
            if is_hold(&item) { Ok(Vec::new()) } else { from_item::<DoctorSlot>(item).map(|DoctorSlot(entry)| vec![entry]) }
        };
        self.agenda(range, when, now, after, limit, read).await
    }

    /// One page of a patient's appointments.
    pub async fn appointment_list_of_patient(
        &self,
        patient: PatientId,
        when: When,
        now: Timestamp,
        zone: &TimeZone,
        after: Option<After>,
        limit: usize,
    ) -> Result<Vec<AgendaEntry>, StoreError> {
        let day = |at: Timestamp| zone.to_datetime(at).date();
        let range = match when {
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
        when: When,
        now: Timestamp,
        after: Option<After>,
        limit: usize,
        read: impl Fn(Item) -> Result<Vec<AgendaEntry>, StoreError>,
    ) -> Result<Vec<AgendaEntry>, StoreError> {
        let query = self.query(range).latest_first(when == When::Past);
        let mut entries = Vec::new();
        let mut resume = None;
        loop {
            let (items, next) = query.page(Some(limit + 2), resume).await?;
            for item in items {
                let mut found = read(item)?;
                found.sort_by_key(|entry| (entry.slot.start, entry.id));
                if when == When::Past {
                    found.reverse();
                }
                entries.extend(found.into_iter().filter(|entry| belongs(entry, when, now) && follows(entry, when, after)));
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

/// Takes the doctor's slot, unless another appointment has it or it is held for somebody.
fn take_slot(write: &mut Transaction<'_, WriteError>, appointment: &Appointment, now: Timestamp) -> Result<(), WriteError> {
    put_slot(write, appointment, SLOT_IS_FREE, &[(":now", number(now.as_second()))])
}

/// Takes the doctor's slot under a condition.
pub(super) fn put_slot(
    write: &mut Transaction<'_, WriteError>,
    appointment: &Appointment,
    condition: &str,
    values: &[(&str, AttributeValue)],
) -> Result<(), WriteError> {
    let patient = appointment.patient_id;
    write.put_if(&DoctorSlot::of(appointment), condition, values, move |there| taken_by(there, patient))
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

fn free_slot(write: &mut Transaction<'_, WriteError>, appointment: &Appointment) -> Result<(), WriteError> {
    let slot = keys::slot(appointment.doctor_id, appointment.slot.start);
    write.delete_if(&slot, "id = :id", &[(":id", text(appointment.id))], |_| WriteError::Stale)
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

/// What has the slot that a patient wants.
fn taken_by(there: Item, patient: PatientId) -> WriteError {
    if is_hold(&there) {
        return match from_item::<SlotHold>(there) {
            Ok(hold) if hold.patient_id == patient => WriteError::Offered(hold.wait_id),
            Ok(_) => WriteError::SlotTaken,
            Err(error) => error.into(),
        };
    }
    match from_item::<DoctorSlot>(there) {
        Ok(DoctorSlot(holder)) if holder.patient_id == patient => WriteError::OwnSlot(holder.id),
        Ok(_) => WriteError::SlotTaken,
        Err(error) => error.into(),
    }
}

fn is_hold(slot: &Item) -> bool {
    slot.get("kind") == Some(&text(SlotHold::KIND))
}

/// The five-minute marks of a patient's day that a change takes and frees.
#[derive(Debug, Default)]
struct DayChange {
    take: Vec<u16>,
    free: Vec<u16>,
}

fn day_entries(item: Item) -> Result<Vec<AgendaEntry>, StoreError> {
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
    let upcoming = entry.slot.end > now && matches!(entry.status.as_str(), "scheduled" | "rescheduled" | "arrived");
    upcoming == (when == When::Upcoming)
}

fn follows(entry: &AgendaEntry, when: When, after: Option<After>) -> bool {
    let Some(after) = after else { return true };
    let (entry, after) = ((entry.slot.start, entry.id), (after.start, after.id));
    if when == When::Upcoming { entry > after } else { entry < after }
}
