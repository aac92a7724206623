//! Appointments, and the three places where one is kept.
//!
//! - By its id: the appointment itself.
//! - In the doctor's partition, under the slot's start: the existence of that item is what keeps a second appointment out.
//! - In the patient's partition, in the item of its local day: an attribute for each five-minute mark that is taken keeps
//!   an overlapping appointment out, and an entry for the appointment makes the patient's list.
//!
//! Every change writes all three in one transaction, under the condition that the appointment still has the version that the
//! change was made from. No index is involved: nothing lags behind the appointment, and booking costs 6 write units.

use aws_sdk_dynamodb::types::{Delete, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use domain::{
    appointment::{Appointment, Status, When},
    id::{AppointmentId, DoctorId, PatientId},
    schedule::Slot,
    text::{PersonName, Reason, Specialization},
    treating::{AFTERWARDS, treats},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Item, Key, Record, Store, StoreError, from_item, keys, number, record::to_value, text, transact::Transacted};

impl Record for Appointment {
    const KIND: &'static str = "appointment";
    const STAMPED: bool = true;
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
    pub doctor_id: DoctorId,
    pub doctor_name: PersonName,
    pub specialization: Specialization,
    pub slot: Slot,
    /// As [`Status::as_str`] says it.
    pub status: String,
    /// In the doctor's list only: it would not fit the patient's day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl AgendaEntry {
    fn of(appointment: &Appointment, reason: Option<Reason>) -> Self {
        Self {
            id: appointment.id,
            patient_id: appointment.patient_id,
            patient_name: appointment.patient_name.clone(),
            doctor_id: appointment.doctor_id,
            doctor_name: appointment.doctor_name.clone(),
            specialization: appointment.specialization.clone(),
            slot: appointment.slot,
            status: appointment.status.as_str().to_owned(),
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
    fn key(&self) -> Key {
        keys::slot(self.0.doctor_id, self.0.slot.start)
    }
}

const PATIENT_DAY: &str = "patient_day";
/// How many appointments can be booked for or moved to one patient's day, cancelled ones included: the day is one item, and it
/// must stay small.
const MAX_ENTRIES_A_DAY: u16 = 12;

/// Why an appointment was not written. Nothing was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("the doctor has another appointment in that slot")]
    SlotTaken,
    #[error("the patient has this slot already")]
    OwnSlot(AppointmentId),
    #[error("the patient has another appointment at that time")]
    PatientBusy,
    #[error("the patient's day is full of appointments that were booked and moved")]
    TooMany,
    #[error("the appointment has changed since it was read")]
    Stale,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where a list continues: behind this appointment.
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

    /// Writes a new appointment if the doctor's slot and the patient's time are free: of all who try at once, one succeeds.
    pub async fn book(&self, appointment: &Appointment, zone: &TimeZone) -> Result<(), WriteError> {
        let day = DayChange { take: appointment.slot.marks(zone), free: Vec::new() };
        let items = vec![
            self.put_if_new(appointment)?,
            self.put_if_new(&DoctorSlot::of(appointment))?,
            self.change_day(appointment, appointment.slot.day(zone), Some(appointment), &day)?,
        ];
        match self.transact(items).await {
            Ok(Transacted::Done) => Ok(()),
            Ok(Transacted::Refused(failed)) => Err(refusal(appointment, failed.get(&1), failed.get(&2))?),
            Err(busy) => self.lost_race(appointment, busy).await,
        }
    }

    /// After too many clashes, or an answer that was lost: whoever holds the slot now tells what became of it.
    async fn lost_race(&self, appointment: &Appointment, busy: StoreError) -> Result<(), WriteError> {
        if !matches!(busy, StoreError::Unavailable(_)) {
            return Err(busy.into());
        }
        match self.get::<DoctorSlot>(&keys::slot(appointment.doctor_id, appointment.slot.start)).await? {
            Some(DoctorSlot(holder)) if holder.id == appointment.id => Ok(()),
            Some(DoctorSlot(holder)) if holder.patient_id == appointment.patient_id => Err(WriteError::OwnSlot(holder.id)),
            Some(_) => Err(WriteError::SlotTaken),
            None => Err(busy.into()),
        }
    }

    /// Moves an appointment from the slot in `before` to the one in `after`: the old slot is free in the same instant, and the
    /// appointment never stands in its own way.
    pub async fn move_appointment(&self, before: &Appointment, after: &Appointment, zone: &TimeZone) -> Result<(), WriteError> {
        let (from, to) = (before.slot.day(zone), after.slot.day(zone));
        let (old, new) = (before.slot.marks(zone), after.slot.marks(zone));
        let mut items = vec![self.put_over(before, after)?, self.put_if_new(&DoctorSlot::of(after))?, self.free_slot(before)?];
        if from == to {
            let only = |these: &[u16], others: &[u16]| these.iter().copied().filter(|mark| !others.contains(mark)).collect();
            items.push(self.change_day(after, to, Some(after), &DayChange { take: only(&new, &old), free: only(&old, &new) })?);
        } else {
            items.push(self.change_day(after, to, Some(after), &DayChange { take: new, free: Vec::new() })?);
            items.push(self.change_day(after, from, None, &DayChange { take: Vec::new(), free: old })?);
        }
        match self.transact(items).await {
            Ok(Transacted::Done) => Ok(()),
            Ok(Transacted::Refused(failed)) if failed.contains_key(&0) || failed.contains_key(&2) => Err(WriteError::Stale),
            Ok(Transacted::Refused(failed)) => Err(refusal(after, failed.get(&1), failed.get(&3))?),
            Err(busy) => self.lost_race(after, busy).await,
        }
    }

    /// Writes a change of status. A cancelled appointment frees the slot and the patient's time in the same instant.
    pub async fn change_status(&self, before: &Appointment, after: &Appointment, zone: &TimeZone) -> Result<(), WriteError> {
        let mut day = DayChange::default();
        let mut items = vec![self.put_over(before, after)?];
        if matches!(after.status, Status::Cancelled { .. }) {
            day.free = before.slot.marks(zone);
            items.push(self.free_slot(before)?);
        } else {
            items.push(self.put_if(&DoctorSlot::of(after), "id = :id", &[(":id", text(after.id))])?);
        }
        items.push(self.change_day(after, after.slot.day(zone), Some(after), &day)?);
        match self.transact(items).await? {
            Transacted::Done => Ok(()),
            Transacted::Refused(_) => Err(WriteError::Stale),
        }
    }

    /// The appointments of a doctor that begin in a span of time and were not called off.
    pub async fn taken_slots(&self, doctor: DoctorId, from: Timestamp, to: Timestamp) -> Result<Vec<Slot>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :doctor AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":doctor", text(keys::doctor_partition(doctor)))
            .expression_attribute_values(":from", text(keys::slot_sk(from)))
            .expression_attribute_values(":to", text(keys::slot_sk(to)))
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .into_paginator()
            .send();
        let mut taken = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page?;
            self.meter.read_units(page.consumed_capacity());
            for item in page.items.unwrap_or_default() {
                taken.push(from_item::<DoctorSlot>(item)?.0.slot);
            }
        }
        Ok(taken)
    }

    /// One page of a doctor's appointments.
    pub async fn doctor_agenda(
        &self,
        doctor: DoctorId,
        when: When,
        now: Timestamp,
        after: Option<After>,
        limit: usize,
    ) -> Result<Vec<AgendaEntry>, StoreError> {
        let position = after.map(|after| keys::slot_sk(after.start));
        let (from, to) = match when {
            // An appointment lasts four hours at most, so the one that is going on began at most that long ago.
            When::Upcoming => (position.unwrap_or_else(|| keys::slot_sk(begun_at_most(now))), "SLOT#~".to_owned()),
            // An appointment is completed on its day, perhaps before its time.
            When::Past => ("SLOT#".to_owned(), position.unwrap_or_else(|| keys::slot_sk(a_day_after(now)))),
        };
        let span = (keys::doctor_partition(doctor), from, to);
        let read = |item: Item| from_item::<DoctorSlot>(item).map(|DoctorSlot(entry)| vec![entry]);
        self.agenda(span, when, now, after, limit, read).await
    }

    /// Whether a doctor treats a patient now, by the appointments that the patient has and had with them.
    pub async fn treats(&self, doctor: DoctorId, patient: PatientId, now: Timestamp, zone: &TimeZone) -> Result<bool, StoreError> {
        let earliest = now.saturating_sub(AFTERWARDS).unwrap_or(now);
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :patient AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":patient", text(keys::patient_partition(patient)))
            .expression_attribute_values(":from", text(keys::patient_day_sk(zone.to_datetime(earliest).date())))
            .expression_attribute_values(":to", text("DAY#~"))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page?;
            self.meter.read_units(page.consumed_capacity());
            for item in page.items.unwrap_or_default() {
                let is_off = |entry: &AgendaEntry| matches!(entry.status.as_str(), "cancelled" | "no_show");
                if day_entries(item)?.iter().any(|entry| entry.doctor_id == doctor && treats(entry.slot, is_off(entry), now)) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// One page of a patient's appointments.
    pub async fn patient_agenda(
        &self,
        patient: PatientId,
        when: When,
        now: Timestamp,
        zone: &TimeZone,
        after: Option<After>,
        limit: usize,
    ) -> Result<Vec<AgendaEntry>, StoreError> {
        let day = |at: Timestamp| keys::patient_day_sk(zone.to_datetime(at).date());
        let (from, to) = match when {
            When::Upcoming => (day(after.map_or(begun_at_most(now), |after| after.start)), "DAY#~".to_owned()),
            When::Past => ("DAY#".to_owned(), after.map_or("DAY#~".to_owned(), |after| day(after.start))),
        };
        self.agenda((keys::patient_partition(patient), from, to), when, now, after, limit, day_entries).await
    }

    async fn agenda(
        &self,
        (partition, from, to): (String, String, String),
        when: When,
        now: Timestamp,
        after: Option<After>,
        limit: usize,
        read: impl Fn(Item) -> Result<Vec<AgendaEntry>, StoreError>,
    ) -> Result<Vec<AgendaEntry>, StoreError> {
        let mut entries = Vec::new();
        let mut resume = None;
        loop {
            let output = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
                .expression_attribute_values(":pk", text(&partition))
                .expression_attribute_values(":from", text(&from))
                .expression_attribute_values(":to", text(&to))
                .scan_index_forward(when == When::Upcoming)
                .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX))
                .set_exclusive_start_key(resume)
                .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
                .send()
                .await?;
            self.meter.read_units(output.consumed_capacity());
            for item in output.items.unwrap_or_default() {
                let mut found = read(item)?;
                found.sort_by_key(|entry| (entry.slot.start, entry.id));
                if when == When::Past {
                    found.reverse();
                }
                entries.extend(found.into_iter().filter(|entry| belongs(entry, when, now) && follows(entry, when, after)));
            }
            resume = output.last_evaluated_key;
            if resume.is_none() || entries.len() >= limit {
                entries.truncate(limit);
                return Ok(entries);
            }
        }
    }

    fn put_over(&self, before: &Appointment, after: &Appointment) -> Result<TransactWriteItem, StoreError> {
        self.put_if(after, "version = :before", &[(":before", number(before.version))])
    }

    fn free_slot(&self, appointment: &Appointment) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(keys::slot(appointment.doctor_id, appointment.slot.start).attributes()))
            .condition_expression("id = :id")
            .expression_attribute_values(":id", text(appointment.id))
            .build();
        Ok(TransactWriteItem::builder().delete(delete.map_err(|error| StoreError::Refused(Box::new(error)))?).build())
    }

    /// Takes and frees marks on a patient's day, and writes the appointment's entry there (`None` removes it).
    fn change_day(
        &self,
        appointment: &Appointment,
        day: Date,
        entry: Option<&Appointment>,
        change: &DayChange,
    ) -> Result<TransactWriteItem, StoreError> {
        let mark = |mark: &u16| format!("m{mark}");
        let mut set = vec!["kind = :kind".to_owned(), "v = :one".to_owned()];
        set.extend(change.take.iter().map(|m| format!("{} = :one", mark(m))));
        let mut remove: Vec<String> = change.free.iter().map(mark).collect();
        let mut update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::patient_day(appointment.patient_id, day).attributes()))
            .expression_attribute_names("#appointment", appointment.id.to_string())
            .expression_attribute_values(":kind", text(PATIENT_DAY))
            .expression_attribute_values(":one", number(1));
        // An entry that is new to the day counts towards its limit; cancelled ones stay in the list.
        let enters = !change.take.is_empty() && change.free.is_empty();
        match entry {
            Some(appointment) => {
                set.push("#appointment = :appointment".to_owned());
                update = update.expression_attribute_values(":appointment", to_value(&AgendaEntry::of(appointment, None), PATIENT_DAY)?);
            }
            None => remove.push("#appointment".to_owned()),
        }
        let mut expression = format!("SET {}", set.join(", "));
        if !remove.is_empty() {
            expression = format!("{expression} REMOVE {}", remove.join(", "));
        }
        if enters {
            expression += " ADD entries :one";
        }
        if !change.take.is_empty() {
            let mut conditions: Vec<String> = change.take.iter().map(|m| format!("attribute_not_exists({})", mark(m))).collect();
            if enters {
                conditions.push("(attribute_not_exists(entries) OR entries < :max)".to_owned());
                update = update.expression_attribute_values(":max", number(MAX_ENTRIES_A_DAY));
            }
            update = update
                .condition_expression(conditions.join(" AND "))
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        }
        let update = update.update_expression(expression).build().map_err(|error| StoreError::Refused(Box::new(error)))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

/// Five-minute marks of a patient's day that an appointment takes and leaves.
#[derive(Debug, Default)]
struct DayChange {
    take: Vec<u16>,
    free: Vec<u16>,
}

fn day_entries(item: Item) -> Result<Vec<AgendaEntry>, StoreError> {
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

/// Upcoming: not over and not called off. Past: all the others.
fn belongs(entry: &AgendaEntry, when: When, now: Timestamp) -> bool {
    let upcoming = entry.slot.end > now && matches!(entry.status.as_str(), "scheduled" | "rescheduled" | "arrived");
    upcoming == (when == When::Upcoming)
}

/// Who stood in the way: the holder of the doctor's slot, or what the patient's day holds.
fn refusal(appointment: &Appointment, slot: Option<&Item>, day: Option<&Item>) -> Result<WriteError, StoreError> {
    if let Some(holder) = slot {
        let DoctorSlot(holder) = from_item(holder.clone())?;
        let own = holder.patient_id == appointment.patient_id;
        return Ok(if own { WriteError::OwnSlot(holder.id) } else { WriteError::SlotTaken });
    }
    let entries = day.and_then(|day| day.get("entries")?.as_n().ok()?.parse::<u16>().ok()).unwrap_or(0);
    Ok(if entries >= MAX_ENTRIES_A_DAY { WriteError::TooMany } else { WriteError::PatientBusy })
}

fn follows(entry: &AgendaEntry, when: When, after: Option<After>) -> bool {
    let Some(after) = after else { return true };
    let (entry, after) = ((entry.slot.start, entry.id), (after.start, after.id));
    if when == When::Upcoming { entry > after } else { entry < after }
}
