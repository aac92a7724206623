//! Every key of the table. The only place that formats one; `tests/it/keys.rs` prints them all.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    account::Group,
    audit::Entry,
    id::{AppointmentId, DoctorId, EmailTokenId, PatientId, SessionId, UserId},
    role::Role,
    text::{Email, Specialization},
};
use jiff::{Timestamp, civil::Date};

use super::text;

/// Where an item is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub pk: String,
    pub sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    /// As the table wants it.
    #[must_use]
    pub fn attributes(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([("pk".to_owned(), text(&self.pk)), ("sk".to_owned(), text(&self.sk))])
    }
}

/// Reads as nothing; warms the connection.
#[must_use]
pub fn warm() -> Key {
    Key::new("WARM", "WARM")
}

#[must_use]
pub fn account(id: UserId) -> Key {
    Key::new(format!("USER#{id}"), "ACCOUNT")
}

/// No account is here; reads as long as one.
pub(super) fn nobody() -> Key {
    Key::new("USER#nobody", "ACCOUNT")
}

/// One sign-in, in its account's partition.
#[must_use]
pub fn session(user: UserId, id: SessionId) -> Key {
    Key::new(format!("USER#{user}"), format!("{SESSIONS}{id}"))
}

/// What every sign-in's key starts with.
pub(super) const SESSIONS: &str = "SESSION#";

/// Behind every sign-in of an account, or just before one.
pub(super) fn sessions(user: UserId, before: Option<SessionId>) -> Key {
    let sk = before.map_or(format!("{SESSIONS}~"), |id| just_before(&session(user, id).sk));
    Key::new(format!("USER#{user}"), sk)
}

/// The text that sorts just before another one: the bounds of a query are both included.
pub(super) fn just_before(text: &str) -> String {
    let mut head = text.to_owned();
    let earlier = head.pop().and_then(|last| char::from_u32(u32::from(last) - 1));
    earlier.map_or(head.clone(), |earlier| format!("{head}{earlier}\u{10FFFF}"))
}

/// A token that was promised by email.
#[must_use]
pub fn email_token(id: EmailTokenId) -> Key {
    Key::new(format!("TOKEN#{id}"), "TOKEN")
}

/// The configured address has made an administrator.
#[must_use]
pub fn first_administrator(email: &Email) -> Key {
    Key::new(format!("FIRST#{email}"), "ADMINISTRATOR")
}

/// Attempts of one window.
#[must_use]
pub fn throttle(what: &str, of: &str, window: i64) -> Key {
    Key::new(format!("THROTTLE#{what}#{of}"), format!("WINDOW#{window}"))
}

/// A list of accounts, in the index.
pub(super) fn accounts(group: Group) -> String {
    format!("ACCOUNTS#{}", group.as_str())
}

/// An audit entry, in one of the partitions of its day. Nothing whose key starts with `AUDIT#` is ever changed.
#[must_use]
pub fn audit(entry: &Entry) -> Key {
    let (time, id) = (audit_time(entry.at), entry.id.to_string());
    let shard = id.bytes().last().unwrap_or_default() % AUDIT_SHARDS;
    Key::new(audit_of_day(time.get(..10).unwrap_or_default(), shard), format!("{time}#{id}"))
}

/// Everybody's day would be more than one partition can take.
pub(super) const AUDIT_SHARDS: u8 = 4;

/// Milliseconds, always three digits of them, so that text order is time order.
pub(super) fn audit_time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

pub(super) fn audit_of_day(day: &str, shard: u8) -> String {
    format!("AUDIT#{day}#{shard}")
}

/// A patient's entries, in the index.
pub(super) fn audit_of_patient(id: PatientId) -> String {
    format!("AUDIT#{id}")
}

/// An actor's entries, in the other index.
pub(super) fn audit_of_actor(id: UserId) -> String {
    format!("AUDIT#{id}")
}

/// Claims an address for one account.
#[must_use]
pub fn email(email: &Email) -> Key {
    Key::new(format!("EMAIL#{email}"), "EMAIL")
}

#[must_use]
pub fn patient(id: PatientId) -> Key {
    Key::new(patient_partition(id), "PROFILE")
}

/// How much a patient has booked.
#[must_use]
pub fn bookings(id: PatientId) -> Key {
    Key::new(patient_partition(id), "BOOKINGS")
}

/// What a patient has booked on one local day.
#[must_use]
pub fn patient_day(id: PatientId, day: Date) -> Key {
    Key::new(patient_partition(id), patient_day_sk(day))
}

pub(super) fn patient_partition(id: PatientId) -> String {
    format!("PAT#{id}")
}

pub(super) fn patient_day_sk(day: Date) -> String {
    format!("DAY#{day}")
}

#[must_use]
pub fn doctor(id: DoctorId) -> Key {
    Key::new(doctor_partition(id), "PROFILE")
}

/// A taken slot: its existence keeps everybody else out.
#[must_use]
pub fn slot(doctor: DoctorId, start: Timestamp) -> Key {
    Key::new(doctor_partition(doctor), slot_sk(start))
}

pub(super) fn doctor_partition(id: DoctorId) -> String {
    format!("DOC#{id}")
}

/// Slots start on whole seconds, so that text order is time order.
pub(super) fn slot_sk(start: Timestamp) -> String {
    format!("SLOT#{}", start.strftime("%Y-%m-%dT%H:%M:%SZ"))
}

/// The directory of doctors, in the index.
pub(super) const DIRECTORY: &str = "DOCTORS";

pub(super) fn directory_prefix(specialization: &Specialization) -> String {
    format!("{specialization}#")
}

#[must_use]
pub fn appointment(id: AppointmentId) -> Key {
    Key::new(format!("APPT#{id}"), "APPOINTMENT")
}

#[must_use]
pub fn shift(role: Role, start: Timestamp) -> Key {
    Key::new(roster_partition(role), shift_sk(start))
}

pub(super) fn roster_partition(role: Role) -> String {
    format!("ROSTER#{}", role.as_str())
}

pub(super) fn shift_sk(start: Timestamp) -> String {
    format!("SHIFT#{}", start.strftime("%Y-%m-%dT%H:%M:%SZ"))
}

/// An address that must not be written to.
#[must_use]
pub fn suppression(email: &Email) -> Key {
    Key::new(format!("SUPPRESSED#{email}"), "SUPPRESSION")
}

/// One email for one cause to one person.
#[must_use]
pub fn delivery(id: &str) -> Key {
    Key::new(format!("MAIL#{id}"), "DELIVERY")
}

/// The emails that SES refused, in the index.
pub(super) const FAILED_DELIVERIES: &str = "MAIL#failed";

/// Where a refused email is in that list: by time, then by its id.
pub(super) fn failed_delivery_sk(since: Timestamp, id: &str) -> String {
    format!("{}#{id}", audit_time(since))
}

#[must_use]
pub fn idempotency(id: &str) -> Key {
    Key::new(format!("IDEM#{id}"), "ANSWER")
}
