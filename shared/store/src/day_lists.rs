//! The appointments of a day, for the front desk: one small item for each doctor, so that the day of a whole hospital is one query.
//!
//! The list follows the appointments from the table's stream and is a moment late. Writing it with each booking would make bookings of
//! one doctor wait for each other. Each line carries the version of its appointment, so a record that comes twice or late changes nothing.

use std::collections::BTreeSet;

use domain::{
    appointment::{Appointment, Status},
    availability::Because,
    id::{AppointmentId, DoctorId, PatientId},
    mrn::Mrn,
    schedule::Slot,
    text::{PersonName, Specialization},
};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    Item, Store, StoreError, keys, number,
    record::{to_value, version_of},
    text,
};

const KIND: &str = "day_list";
const VERSION: u32 = 1;
/// How many days back the lists go. The appointments themselves stay.
pub const KEPT_DAYS: i32 = 60;
/// How long a list is kept: it is there on the whole of its last day, wherever the hospital is.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours((60 + 2) * 24);

/// A doctor's appointments of one day that are not cancelled.
#[derive(Debug, Clone)]
pub struct DayList {
    pub doctor_id: DoctorId,
    pub doctor_name: PersonName,
    pub specialization: Specialization,
    pub lines: Vec<DayLine>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct DayLine {
    pub id: AppointmentId,
    pub patient_id: PatientId,
    pub patient_mrn: Mrn,
    pub patient_name: PersonName,
    pub slot: Slot,
    /// The name that [`Status::as_str`] gives.
    pub status: &'static str,
    pub arrived_at: Option<Timestamp>,
    pub needs_new_time: Option<Because>,
}

/// A line as stored. The names are short, because a day has hundreds of lines and is read often.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    /// The version of the appointment.
    n: u64,
    /// Absent when the appointment is no longer on this list.
    #[serde(flatten)]
    line: Option<StoredLine>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredLine {
    /// The patient: id, record number and name.
    p: PatientId,
    m: Mrn,
    a: PersonName,
    /// Start and length, in seconds.
    s: i64,
    d: i64,
    /// The status, by its place in [`Status::NAMES`], and when the patient arrived, in seconds.
    t: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    w: Option<i64>,
    /// Why it cannot take place at this time, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    b: Option<Because>,
}

impl Store {
    /// Makes the lists show an appointment as it is now. `earlier` is what it was before: it may have been on another list.
    pub async fn day_list_follow(&self, appointment: &Appointment, earlier: &[&Appointment], zone: &TimeZone) -> Result<(), StoreError> {
        let place = |appointment: &Appointment| (appointment.slot.day(zone), appointment.doctor_id);
        let on = (!matches!(appointment.status, Status::Cancelled { .. })).then(|| place(appointment));
        let places: BTreeSet<_> = earlier.iter().copied().chain([appointment]).map(place).collect();
        for (day, doctor) in places {
            let line = (on == Some((day, doctor))).then(|| StoredLine::of(appointment));
            let line = to_value(&Stored { n: appointment.version, line }, KIND)?;
            let until = day.to_zoned_datetime(TimeZone::UTC).map_or(Timestamp::MAX, |midnight| midnight.timestamp());
            let until = until.saturating_add(KEPT_FOR).unwrap_or(until);
            let written = self.update(keys::day_list(day, doctor), |update| {
                update
                    .update_expression("SET kind = :kind, v = :v, #ttl = :ttl, doctor_name = :name, specialization = :field, #id = :line")
                    // A record that comes late does not bring back what is older.
                    .condition_expression("attribute_not_exists(#id) OR #id.n < :version")
                    .expression_attribute_names("#ttl", "ttl")
                    .expression_attribute_names("#id", appointment.id.to_string())
                    .expression_attribute_values(":kind", text(KIND))
                    .expression_attribute_values(":v", number(VERSION))
                    .expression_attribute_values(":ttl", number(until.as_second()))
                    .expression_attribute_values(":name", text(appointment.doctor_name.as_str()))
                    .expression_attribute_values(":field", text(appointment.specialization.as_str()))
                    .expression_attribute_values(":line", line)
                    .expression_attribute_values(":version", number(appointment.version))
            });
            // Refused when the list shows this version, or a later one, already.
            let _ = written.await?;
        }
        Ok(())
    }

    /// All doctors' appointments of a day.
    pub async fn day_lists(&self, day: Date) -> Result<Vec<DayList>, StoreError> {
        self.query(keys::day_lists(day)).all().await?.into_iter().map(day_list).collect()
    }

    /// One doctor's appointments of a day.
    pub async fn day_list_of_doctor(&self, day: Date, doctor: DoctorId) -> Result<Option<DayList>, StoreError> {
        self.item(&keys::day_list(day, doctor)).await?.map(day_list).transpose()
    }
}

impl StoredLine {
    fn of(appointment: &Appointment) -> Self {
        Self {
            p: appointment.patient_id,
            m: appointment.patient_mrn.clone(),
            a: appointment.patient_name.clone(),
            s: appointment.slot.start.as_second(),
            d: appointment.slot.end.duration_since(appointment.slot.start).as_secs(),
            t: Status::NAMES.iter().position(|name| *name == appointment.status.as_str()).unwrap_or_default(),
            w: appointment.arrived_at.map(Timestamp::as_second),
            b: appointment.needs_new_time,
        }
    }
}

fn day_list(item: Item) -> Result<DayList, StoreError> {
    #[derive(Deserialize)]
    struct Header {
        sk: DoctorId,
        doctor_name: PersonName,
        specialization: Specialization,
    }

    let found = version_of(&item);
    if found != VERSION {
        return Err(StoreError::Shape { kind: KIND, found, known: VERSION });
    }
    let corrupt = |error| StoreError::corrupt(KIND, error);
    let (lines, header): (Item, Item) = item.into_iter().partition(|(name, _)| name.starts_with(AppointmentId::PREFIX));
    let header: Header = serde_dynamo::from_item(header).map_err(corrupt)?;
    let mut list =
        DayList { doctor_id: header.sk, doctor_name: header.doctor_name, specialization: header.specialization, lines: Vec::new() };
    for (id, value) in lines {
        let stored: Stored = serde_dynamo::from_attribute_value(value).map_err(corrupt)?;
        let Some(line) = stored.line else { continue };
        let at = |second: i64| Timestamp::from_second(second).map_err(|error| StoreError::corrupt(KIND, error));
        list.lines.push(DayLine {
            id: id.parse().map_err(|_| StoreError::corrupt(KIND, "an id"))?,
            patient_id: line.p,
            patient_mrn: line.m,
            patient_name: line.a,
            slot: Slot { start: at(line.s)?, end: at(line.s + line.d)? },
            status: Status::NAMES.get(line.t).copied().unwrap_or_default(),
            arrived_at: line.w.map(at).transpose()?,
            needs_new_time: line.b,
        });
    }
    list.lines.sort_by_key(|line| (line.slot.start, line.id));
    Ok(list)
}
