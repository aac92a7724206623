//! Every key of the table. The only place that formats one; `tests/it/keys.rs` prints them all.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    account::Group,
    allocation::AllocationStatus,
    audit::Entry,
    bed::BedNumber,
    billing::{InvoiceStatus, Source, Span},
    emergency::CaseStatus,
    feedback::About,
    figures::{Book, Countable},
    id::{
        AdmissionId, AlertId, AllocationId, AppointmentId, CaseId, DoctorId, EmailTokenId, ExceptionId, FeedbackId, HistoryId, InvoiceId,
        LabOrderId, LaboratoryId, LeaveId, LotId, MovementId, OfferedTestId, PatientId, PharmacyId, SessionId, ShiftId, StockedMedicineId,
        UserId, WaitId,
    },
    lab_order::LabOrderStatus,
    leave::{LeaveStatus, LeaveType},
    patient_search::Place,
    pharmacy::AlertState,
    record::lab_result::Loinc,
    role::Role,
    roster::Seat,
    shifts::ShiftTime,
    text::{Email, PersonName, Specialization, Title},
    turnaround::Month,
    ward::Ward,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::text;

/// The key of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub pk: String,
    pub sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    /// The key's attributes.
    #[must_use]
    pub fn attributes(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([("pk".to_owned(), text(&self.pk)), ("sk".to_owned(), text(&self.sk))])
    }
}

/// The key of an item in an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKey {
    pub pk: String,
    pub sk: String,
}

impl IndexKey {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }
}

/// A range of sort keys, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// `None` is the table itself.
    pub index: Option<&'static str>,
    pub pk: String,
    pub from: Option<String>,
    pub to: Option<String>,
}

impl Range {
    fn of(pk: impl Into<String>) -> Self {
        Self { index: None, pk: pk.into(), from: None, to: None }
    }

    fn in_index(index: &'static str, pk: impl Into<String>) -> Self {
        Self { index: Some(index), ..Self::of(pk) }
    }

    fn from(self, from: impl Into<String>) -> Self {
        Self { from: Some(from.into()), ..self }
    }

    fn to(self, to: impl Into<String>) -> Self {
        Self { to: Some(to.into()), ..self }
    }

    /// The part after a position where a list continues.
    pub(super) fn after(self, position: &str) -> Self {
        // The space leaves out the position itself.
        self.from(format!("{position} "))
    }

    /// The part after all keys that begin with this word and a space or a `#`.
    pub(super) fn after_word(self, word: &str) -> Self {
        self.from(format!("{word}$"))
    }

    /// Keys with a prefix, and after a position where a list continues.
    fn with_prefix(self, prefix: &str, after: Option<&str>) -> Self {
        // The space leaves out the position itself.
        let from = after.map_or(prefix.to_owned(), |position| format!("{position} "));
        let to = end_of(prefix);
        let range = if from.is_empty() { self } else { self.from(from) };
        if to.is_empty() { range } else { range.to(to) }
    }
}

/// The upper end of all keys with this prefix: the prefix with its last character one higher. An empty prefix has no end.
fn end_of(prefix: &str) -> String {
    let mut head = prefix.to_owned();
    let later = head.pop().and_then(|last| char::from_u32(u32::from(last) + 1));
    later.map_or(head.clone(), |later| format!("{head}{later}"))
}

/// The text just before another one. It is needed because a range includes both ends.
fn just_before(text: &str) -> String {
    let mut head = text.to_owned();
    let earlier = head.pop().and_then(|last| char::from_u32(u32::from(last) - 1));
    earlier.map_or(head.clone(), |earlier| format!("{head}{earlier}~"))
}

/// Lists across partitions: directories, groups of accounts, a patient's audit entries.
const BY_LIST: &str = "gsi1";
/// Finds audit entries by actor, and leave by person.
const BY_ACTOR: &str = "gsi2";

/// Whole seconds, so that text order is time order.
fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A key without an item, which is read to open the connection.
#[must_use]
pub fn warm() -> Key {
    Key::new("WARM", "WARM")
}

#[must_use]
pub fn account(id: UserId) -> Key {
    Key::new(format!("USER#{id}"), "ACCOUNT")
}

/// A key without an item, which is read in place of the account that an address does not have.
pub(super) fn nobody() -> Key {
    Key::new("USER#nobody", "ACCOUNT")
}

/// One sign-in, in its account's partition.
#[must_use]
pub fn session(user: UserId, id: SessionId) -> Key {
    Key::new(format!("USER#{user}"), format!("{SESSIONS}{id}"))
}

const SESSIONS: &str = "SESSION#";

/// An account's sign-ins: all of them, or those before one of them.
pub(super) fn sessions(user: UserId, before: Option<SessionId>) -> Range {
    let range = Range::of(format!("USER#{user}")).with_prefix(SESSIONS, None);
    match before {
        Some(id) => range.to(just_before(&session(user, id).sk)),
        None => range,
    }
}

/// A token that was promised by email.
#[must_use]
pub fn email_token(id: EmailTokenId) -> Key {
    Key::new(format!("TOKEN#{id}"), "TOKEN")
}

/// Notes that the configured address has made an administrator.
#[must_use]
pub fn first_administrator(email: &Email) -> Key {
    Key::new(format!("FIRST#{email}"), "ADMINISTRATOR")
}

/// The attempts of one window.
#[must_use]
pub fn throttle(what: &str, of: &str, window: i64) -> Key {
    Key::new(format!("THROTTLE#{what}#{of}"), format!("WINDOW#{window}"))
}

/// An account's place among those of its group.
#[must_use]
pub fn listed_account(group: Group, name: &PersonName, id: UserId) -> IndexKey {
    IndexKey::new(accounts(group), format!("{}#{id}", name.as_str().to_lowercase()))
}

fn accounts(group: Group) -> String {
    format!("ACCOUNTS#{}", group.as_str())
}

/// Accounts of a group by name, after a position in the list.
pub(super) fn account_list(group: Group, after: Option<&str>) -> Range {
    Range::in_index(BY_LIST, accounts(group)).with_prefix("", after)
}

/// An audit entry, in one of the partitions of its day. No item whose key starts with `AUDIT#` is ever changed.
#[must_use]
pub fn audit(entry: &Entry) -> Key {
    let (time, id) = (audit_time(entry.at), entry.id.to_string());
    let shard = id.bytes().last().unwrap_or_default() % AUDIT_SHARDS;
    Key::new(audit_day(time.get(..10).unwrap_or_default(), shard), format!("{time}#{id}"))
}

/// How many partitions a day has: the entries of a day would be too many for one.
pub(super) const AUDIT_SHARDS: u8 = 4;

/// Milliseconds, always three digits of them, so that text order is time order.
pub(super) fn audit_time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn audit_day(day: &str, shard: u8) -> String {
    format!("AUDIT#{day}#{shard}")
}

/// An entry's place among those of its patient.
#[must_use]
pub fn listed_audit(entry: &Entry, patient: PatientId) -> IndexKey {
    IndexKey::new(format!("AUDIT#{patient}"), audit(entry).sk)
}

/// An entry's place among those of its actor.
#[must_use]
pub fn listed_audit_by_actor(entry: &Entry, actor: UserId) -> IndexKey {
    IndexKey::new(format!("AUDIT#{actor}"), audit(entry).sk)
}

/// Entries from an instant on and before a place in the log: of a patient, of an actor, or of one partition of a day.
pub(super) fn audit_of_patient(id: PatientId, from: Timestamp, before: &str) -> Range {
    Range::in_index(BY_LIST, format!("AUDIT#{id}")).from(audit_time(from)).to(just_before(before))
}

pub(super) fn audit_of_actor(id: UserId, from: Timestamp, before: &str) -> Range {
    Range::in_index(BY_ACTOR, format!("AUDIT#{id}")).from(audit_time(from)).to(just_before(before))
}

pub(super) fn audit_of_day(day: Date, shard: u8, from: Timestamp, before: &str) -> Range {
    Range::of(audit_day(&day.to_string(), shard)).from(audit_time(from)).to(just_before(before))
}

/// Claims an address for one account.
#[must_use]
pub fn email(email: &Email) -> Key {
    Key::new(format!("EMAIL#{email}"), "EMAIL")
}

/// The figures of a subject in a month.
#[must_use]
pub fn figures(book: Book, month: Month, subject: &str) -> Key {
    Key::new(format!("FIGURES#{}#{month}", book.as_str()), subject)
}

/// What the balances of a subject came to in each month.
#[must_use]
pub fn balances(book: Book, subject: &str) -> Key {
    Key::new(format!("FIGURES#{}#BALANCES", book.as_str()), subject)
}

/// The item with a key, as a query reads it: eventually consistent, for half the units.
pub(super) fn only(key: Key) -> Range {
    Range::of(key.pk).from(key.sk.clone()).to(key.sk)
}

/// The figures of a month: of all subjects that begin like this, after a position in the list.
pub(super) fn figures_of_month(book: Book, month: Month, prefix: &str, after: Option<&str>) -> Range {
    Range::of(figures(book, month, "").pk).with_prefix(prefix, after)
}

/// The balances of all subjects that begin like this, after a position in the list.
pub(super) fn balances_of(book: Book, prefix: &str, after: Option<&str>) -> Range {
    Range::of(balances(book, "").pk).with_prefix(prefix, after)
}

/// Every item of a partition.
pub(super) fn partition(pk: String) -> Range {
    Range::of(pk)
}

/// What something has added to the figures. These are in several partitions by the end of an id, which is random: nobody asks for those of one patient.
#[must_use]
pub fn counted(source: &Countable) -> Key {
    let name = source.to_string();
    let shard = name.bytes().last().unwrap_or_default() % COUNTED_SHARDS;
    Key::new(counted_partition(shard), name)
}

fn counted_partition(shard: u8) -> String {
    format!("COUNTED#{shard}")
}

/// How many partitions hold what was counted.
pub(super) const COUNTED_SHARDS: u8 = 16;

/// What was counted in one of the partitions, after a position.
pub(super) fn counted_in(shard: u8, after: Option<&str>) -> Range {
    Range::of(counted_partition(shard)).with_prefix("", after)
}

/// A patient's rating and review.
#[must_use]
pub fn feedback(patient: PatientId, id: FeedbackId) -> Key {
    Key::new(patient_partition(patient), format!("{FEEDBACK}{id}"))
}

const FEEDBACK: &str = "FEEDBACK#";

/// A patient's ratings: all of them, or those before one.
pub(super) fn feedback_of_patient(patient: PatientId, before: Option<FeedbackId>) -> Range {
    let range = Range::of(patient_partition(patient)).with_prefix(FEEDBACK, None);
    before.map(|id| just_before(&feedback(patient, id).sk)).into_iter().fold(range, Range::to)
}

/// The place of a rating among those that are about the same.
#[must_use]
pub fn listed_feedback(about: &About, at: Timestamp, id: FeedbackId) -> IndexKey {
    IndexKey::new(format!("{FEEDBACK}{about}"), format!("{}#{id}", second(at)))
}

/// The place of a rating among all of them, or among those with as many stars.
#[must_use]
pub fn listed_feedback_by_stars(stars: u8, at: Timestamp, id: FeedbackId) -> IndexKey {
    IndexKey::new(format!("STARS#{stars}"), format!("{}#{id}", second(at)))
}

/// The ratings that are about the same, before a position in the list.
pub(super) fn feedback_about(about: &About, before: Option<&str>) -> Range {
    before.map(just_before).into_iter().fold(Range::in_index(BY_LIST, format!("{FEEDBACK}{about}")), Range::to)
}

/// The ratings with so many stars, before a position in the list.
pub(super) fn feedback_by_stars(stars: u8, before: Option<&str>) -> Range {
    before.map(just_before).into_iter().fold(Range::in_index(BY_ACTOR, format!("STARS#{stars}")), Range::to)
}

#[must_use]
pub fn patient(id: PatientId) -> Key {
    Key::new(patient_partition(id), "PROFILE")
}

/// What the front desk changed in a profile.
#[must_use]
pub fn patient_change(id: PatientId, version: u64) -> Key {
    Key::new(patient_partition(id), format!("{CHANGES}{version:08}"))
}

const CHANGES: &str = "CHANGE#";

/// The changes of a profile: all of them, or those before a version.
pub(super) fn patient_changes(id: PatientId, before: Option<u64>) -> Range {
    let range = Range::of(patient_partition(id)).with_prefix(CHANGES, None);
    match before {
        Some(version) => range.to(just_before(&patient_change(id, version).sk)),
        None => range,
    }
}

/// An entry of a patient's medical history.
#[must_use]
pub fn history(patient: PatientId, id: HistoryId) -> Key {
    Key::new(patient_partition(patient), format!("{HISTORY}{id}"))
}

const HISTORY: &str = "HISTORY#";

/// What was asked about a patient's medical history.
#[must_use]
pub fn history_asked(patient: PatientId) -> Key {
    Key::new(patient_partition(patient), "ASKED")
}

/// The entries of a patient's medical history: all of them, or those before one.
pub(super) fn histories(patient: PatientId, before: Option<HistoryId>) -> Range {
    let range = Range::of(patient_partition(patient)).with_prefix(HISTORY, None);
    match before {
        Some(id) => range.to(just_before(&history(patient, id).sk)),
        None => range,
    }
}

/// An entry of a patient's medical record. An id says when the entry was first written.
#[must_use]
pub fn record_entry(patient: PatientId, kind: &str, id: &str) -> Key {
    Key::new(patient_partition(patient), format!("RECORD#{kind}#{id}"))
}

/// The entries of one kind: all of them, or those before one.
pub(super) fn record_entries(patient: PatientId, kind: &str, before: Option<&str>) -> Range {
    let range = Range::of(patient_partition(patient)).with_prefix(&format!("RECORD#{kind}#"), None);
    before.map(|id| just_before(&record_entry(patient, kind, id).sk)).into_iter().fold(range, Range::to)
}

/// An earlier version of an entry.
#[must_use]
pub fn record_version(patient: PatientId, kind: &str, id: &str, version: u64) -> Key {
    Key::new(patient_partition(patient), format!("VERSION#{kind}#{id}#{version:08}"))
}

/// The earlier versions of an entry: all of them, or those before one.
pub(super) fn record_versions(patient: PatientId, kind: &str, id: &str, before: Option<u64>) -> Range {
    let range = Range::of(patient_partition(patient)).with_prefix(&format!("VERSION#{kind}#{id}#"), None);
    before.map(|version| just_before(&record_version(patient, kind, id, version).sk)).into_iter().fold(range, Range::to)
}

/// One value in a graph.
#[must_use]
pub fn record_point(patient: PatientId, code: &str, at: Timestamp, id: &str) -> Key {
    Key::new(patient_partition(patient), format!("{}{}#{id}", points(code), second(at)))
}

fn points(code: &str) -> String {
    format!("POINT#{code}#")
}

/// The values of a code in a span of time, both ends included, and before a position where the list continues.
pub(super) fn record_points(patient: PatientId, code: &str, from: Option<Timestamp>, to: Option<Timestamp>, before: Option<&str>) -> Range {
    let all = Range::of(patient_partition(patient)).with_prefix(&points(code), None);
    let range = from.map(|from| format!("{}{}", points(code), second(from))).into_iter().fold(all, Range::from);
    let range = to.map(|to| format!("{}{}$", points(code), second(to))).into_iter().fold(range, Range::to);
    before.map(just_before).into_iter().fold(range, Range::to)
}

/// The summary of a patient's record. It lies right behind the patient's days, so that one query reads the days ahead and the summary.
#[must_use]
pub fn record_summary(patient: PatientId) -> Key {
    Key::new(patient_partition(patient), SUMMARY)
}

const SUMMARY: &str = "DIGEST#RECORD";

/// What a patient's dashboard shows: the days from one on, and the summary of the record.
pub(super) fn dashboard(patient: PatientId, from: Date) -> Range {
    Range::of(patient_partition(patient)).from(day_sk(from)).to(SUMMARY)
}

/// Notes that an appointment has an encounter.
#[must_use]
pub fn appointment_held(patient: PatientId, appointment: AppointmentId) -> Key {
    Key::new(patient_partition(patient), format!("HELD#{appointment}"))
}

/// The place of an entry among those that wait for a doctor: by time.
#[must_use]
pub fn waiting_for_doctor(doctor: DoctorId, kind: &str, since: Timestamp, id: &str) -> IndexKey {
    IndexKey::new(waits_for(doctor, kind), format!("{}#{id}", second(since)))
}

fn waits_for(doctor: DoctorId, kind: &str) -> String {
    format!("TODO#{doctor}#{kind}")
}

/// The entries of a kind that wait for a doctor, oldest first, after a position in the list.
pub(super) fn waiting_entries(doctor: DoctorId, kind: &str, after: Option<&str>) -> Range {
    Range::in_index(BY_LIST, waits_for(doctor, kind)).with_prefix("", after)
}

/// A patient's decision.
#[must_use]
pub fn patient_consent(id: PatientId, version: u64) -> Key {
    Key::new(patient_partition(id), format!("{CONSENTS}{version:08}"))
}

const CONSENTS: &str = "CONSENT#";

/// A patient's decisions: all of them, or those before a version.
pub(super) fn patient_consents(id: PatientId, before: Option<u64>) -> Range {
    let range = Range::of(patient_partition(id)).with_prefix(CONSENTS, None);
    match before {
        Some(version) => range.to(just_before(&patient_consent(id, version).sk)),
        None => range,
    }
}

/// A patient at one of the places where they are found. Only one patient can be at a medical record number.
#[must_use]
pub fn patient_place(place: &Place, id: PatientId) -> Key {
    match place {
        Place::Mrn(_) => Key::new(place_partition(place), "#"),
        place => Key::new(place_partition(place), format!("{}#{id}", words_of(place))),
    }
}

/// The newest patient at a place.
#[must_use]
pub fn newest_patient(place: &Place) -> Key {
    Key::new(place_partition(place), format!("{}#!", words_of(place)))
}

fn place_partition(place: &Place) -> String {
    match place {
        // The first two letters, so that no partition holds all patients.
        Place::Name(words) => format!("FIND#name#{}", words.get(..2).unwrap_or(words)),
        Place::Year(year, _) => format!("FIND#year#{year}"),
        Place::Born(day) => format!("FIND#born#{day}"),
        Place::Phone(phone) => format!("FIND#phone#{phone}"),
        Place::Mrn(mrn) => format!("FIND#mrn#{mrn}"),
        Place::ChildOf(guardian) => format!("FIND#child#{guardian}"),
    }
}

fn words_of(place: &Place) -> &str {
    match place {
        Place::Name(words) | Place::Year(_, words) => words,
        Place::Born(_) | Place::Phone(_) | Place::Mrn(_) | Place::ChildOf(_) => "",
    }
}

/// The patients at one place.
pub(super) fn patients_at(place: &Place) -> Range {
    Range::of(place_partition(place)).with_prefix(&format!("{}#", words_of(place)), None)
}

/// The patients whose name has a word that begins like this, or two words of which the second one begins like this.
pub(super) fn patients_named(words: &str) -> Range {
    Range::of(place_partition(&Place::Name(words.to_owned()))).with_prefix(words, None)
}

/// The patients who were born in a year and whose name has a word that begins like this.
pub(super) fn patients_born_in(year: i16, word: &str) -> Range {
    Range::of(place_partition(&Place::Year(year, String::new()))).with_prefix(word, None)
}

/// How much a patient has booked.
#[must_use]
pub fn bookings(id: PatientId) -> Key {
    Key::new(patient_partition(id), "BOOKINGS")
}

/// What a patient has booked on one local day.
#[must_use]
pub fn patient_day(id: PatientId, day: Date) -> Key {
    Key::new(patient_partition(id), day_sk(day))
}

fn patient_partition(id: PatientId) -> String {
    format!("PAT#{id}")
}

const DAYS: &str = "DAY#";

fn day_sk(day: Date) -> String {
    format!("{DAYS}{day}")
}

/// Because of what else a doctor treats a patient. It lies right behind the patient's days, so that one query reads both.
#[must_use]
pub fn care(patient: PatientId, doctor: DoctorId, cause: &str) -> Key {
    Key::new(patient_partition(patient), format!("{CARE}{doctor}#{cause}"))
}

const CARE: &str = "DAY~";

/// The days of a patient from one on, and because of what else doctors treat them.
pub(super) fn treatments(id: PatientId, from: Date) -> Range {
    Range::of(patient_partition(id)).from(day_sk(from)).to(end_of(CARE))
}

/// A patient's days with appointments.
pub(super) fn patient_days(id: PatientId, from: Option<Date>, to: Option<Date>) -> Range {
    let all = Range::of(patient_partition(id)).with_prefix(DAYS, None);
    let range = from.map(day_sk).into_iter().fold(all, Range::from);
    to.map(day_sk).into_iter().fold(range, Range::to)
}

#[must_use]
pub fn doctor(id: DoctorId) -> Key {
    Key::new(doctor_partition(id), "PROFILE")
}

/// A doctor's profile alone.
pub(super) fn doctor_profile(id: DoctorId) -> Range {
    Range::of(doctor_partition(id)).from("PROFILE").to("PROFILE")
}

/// A local day of a doctor: what is taken, and what it has besides the doctor's hours.
#[must_use]
pub fn doctor_day(id: DoctorId, day: Date) -> Key {
    Key::new(doctor_partition(id), day_sk(day))
}

/// A doctor's days from one to another, both included.
pub(super) fn doctor_days(id: DoctorId, from: Date, to: Date) -> Range {
    Range::of(doctor_partition(id)).from(day_sk(from)).to(day_sk(to))
}

/// The day that a sort key names.
pub(super) fn day_of(sk: &str) -> Option<Date> {
    sk.strip_prefix(DAYS)?.parse().ok()
}

/// A time at which a doctor's day is not as their hours say.
#[must_use]
pub fn doctor_exception(doctor: DoctorId, id: ExceptionId) -> Key {
    Key::new(doctor_partition(doctor), format!("EXCEPTION#{id}"))
}

/// The place of an exception in its doctor's list: by time.
#[must_use]
pub fn listed_exception(doctor: DoctorId, start: Timestamp, id: ExceptionId) -> IndexKey {
    IndexKey::new(format!("EXCEPTIONS#{doctor}"), format!("{}#{id}", second(start)))
}

/// A doctor's exceptions that begin in a span of time, both ends included.
pub(super) fn exceptions(doctor: DoctorId, from: Timestamp, to: Timestamp) -> Range {
    Range::in_index(BY_LIST, format!("EXCEPTIONS#{doctor}")).from(second(from)).to(format!("{}$", second(to)))
}

/// An appointment in its doctor's list.
#[must_use]
pub fn slot(doctor: DoctorId, start: Timestamp, id: AppointmentId) -> Key {
    Key::new(doctor_partition(doctor), format!("{}#{id}", slot_sk(start)))
}

fn doctor_partition(id: DoctorId) -> String {
    format!("DOC#{id}")
}

const SLOTS: &str = "SLOT#";

fn slot_sk(start: Timestamp) -> String {
    format!("{SLOTS}{}", second(start))
}

/// A doctor's appointments that begin in a span of time, both ends included.
pub(super) fn slots(doctor: DoctorId, from: Option<Timestamp>, to: Option<Timestamp>) -> Range {
    let all = Range::of(doctor_partition(doctor)).with_prefix(SLOTS, None);
    let range = from.map(slot_sk).into_iter().fold(all, Range::from);
    // The appointments of an instant follow its own key.
    to.map(|to| format!("{}$", slot_sk(to))).into_iter().fold(range, Range::to)
}

const DIRECTORY: &str = "DOCTORS";

/// A doctor's place in the directory.
#[must_use]
pub fn listed_doctor(specialization: &Specialization, name: &PersonName, id: DoctorId) -> IndexKey {
    IndexKey::new(DIRECTORY, format!("{specialization}#{}#{id}", name.as_str().to_lowercase()))
}

/// Doctors by specialization and name, after a position in the list.
pub(super) fn directory(specialization: Option<&Specialization>, after: Option<&str>) -> Range {
    let prefix = specialization.map(|specialization| format!("{specialization}#")).unwrap_or_default();
    Range::in_index(BY_LIST, DIRECTORY).with_prefix(&prefix, after)
}

/// A patient in the list of those whom a doctor treats.
#[must_use]
pub fn treated_patient(doctor: DoctorId, patient: PatientId) -> Key {
    Key::new(doctor_partition(doctor), format!("PATIENT#{patient}"))
}

/// Their place in the list: by name.
#[must_use]
pub fn listed_treated_patient(doctor: DoctorId, name: &PersonName, patient: PatientId) -> IndexKey {
    IndexKey::new(treated_by(doctor), format!("{}#{patient}", name.as_str().to_lowercase()))
}

fn treated_by(doctor: DoctorId) -> String {
    format!("TREATS#{doctor}")
}

/// The patients whom a doctor treats, after a position in the list.
pub(super) fn treated_patients(doctor: DoctorId, after: Option<&str>) -> Range {
    Range::in_index(BY_LIST, treated_by(doctor)).with_prefix("", after)
}

#[must_use]
pub fn appointment(id: AppointmentId) -> Key {
    Key::new(format!("APPT#{id}"), "APPOINTMENT")
}

/// A doctor's appointments of one day, for the front desk.
#[must_use]
pub fn day_list(day: Date, doctor: DoctorId) -> Key {
    Key::new(format!("DAYLIST#{day}"), doctor.to_string())
}

/// All doctors' appointments of one day.
pub(super) fn day_lists(day: Date) -> Range {
    Range::of(format!("DAYLIST#{day}"))
}

/// A patient's wait for a slot.
#[must_use]
pub fn wait(id: WaitId) -> Key {
    Key::new(format!("WAIT#{id}"), "WAIT")
}

/// A patient can be in only so many queues: one item for each.
#[must_use]
pub fn waiting_place(patient: PatientId, place: u8) -> Key {
    Key::new(patient_partition(patient), format!("{WAITING}{place}"))
}

const WAITING: &str = "WAITING#";

/// The queues that a patient is in.
pub(super) fn waiting_places(patient: PatientId) -> Range {
    Range::of(patient_partition(patient)).with_prefix(WAITING, None)
}

/// Those who wait for a doctor, or for any doctor of a specialization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Queue {
    Doctor(DoctorId),
    Specialization(Specialization),
}

/// A wait's line in a queue, on one of the days on which an appointment is wanted.
#[must_use]
pub fn wait_line(queue: &Queue, day: Date, id: WaitId) -> Key {
    Key::new(queue_partition(queue, day), id.to_string())
}

fn queue_partition(queue: &Queue, day: Date) -> String {
    match queue {
        Queue::Doctor(doctor) => format!("QUEUE#{doctor}#{day}"),
        Queue::Specialization(specialization) => format!("QUEUE#{specialization}#{day}"),
    }
}

/// The lines of a queue on a day: all of them, or those after one.
pub(super) fn wait_lines(queue: &Queue, day: Date, after: Option<WaitId>) -> Range {
    let all = Range::of(queue_partition(queue, day));
    after.iter().fold(all, |range, after| range.after(&after.to_string()))
}

const WARDS: &str = "WARDS";

/// A ward that the hospital has.
#[must_use]
pub fn ward(ward: Ward) -> Key {
    Key::new(WARDS, ward.as_str())
}

/// How many of a ward's beds are in which state.
#[must_use]
pub fn bed_counts(ward: Ward) -> Key {
    Key::new(WARDS, format!("{}#BEDS", ward.as_str()))
}

/// Every ward, and its counts.
pub(super) fn wards() -> Range {
    Range::of(WARDS)
}

const BEDS: &str = "BED#";

#[must_use]
pub fn bed(ward: Ward, number: BedNumber) -> Key {
    Key::new(ward_partition(ward), format!("{BEDS}{:02}", number.get()))
}

/// The beds of a ward.
pub(super) fn beds(ward: Ward) -> Range {
    Range::of(ward_partition(ward)).with_prefix(BEDS, None)
}

fn ward_partition(ward: Ward) -> String {
    format!("WARD#{}", ward.as_str())
}

const MANAGERS: &str = "MANAGER#";

/// Who manages a ward in one of its three shifts.
#[must_use]
pub fn manager_shift(ward: Ward, shift: ShiftTime) -> Key {
    Key::new(ward_partition(ward), format!("{MANAGERS}{}", shift.as_str()))
}

/// The managers of a ward.
pub(super) fn manager_shifts(ward: Ward) -> Range {
    Range::of(ward_partition(ward)).with_prefix(MANAGERS, None)
}

/// The one shift that somebody manages.
#[must_use]
pub fn manages(id: UserId) -> Key {
    Key::new(staff_partition(id), "MANAGES")
}

/// That a patient is in the hospital now: as an emergency, or in a bed. One item for both, so they are never both.
#[must_use]
pub fn presence(patient: PatientId) -> Key {
    Key::new(patient_partition(patient), "HERE")
}

#[must_use]
pub fn admission(patient: PatientId, id: AdmissionId) -> Key {
    Key::new(patient_partition(patient), format!("{ADMISSIONS}{id}"))
}

const ADMISSIONS: &str = "ADMISSION#";

/// A patient's admissions: all of them, or those before one.
pub(super) fn admissions(patient: PatientId, before: Option<AdmissionId>) -> Range {
    let range = Range::of(patient_partition(patient)).with_prefix(ADMISSIONS, None);
    before.map(|id| just_before(&admission(patient, id).sk)).into_iter().fold(range, Range::to)
}

/// That a patient waits for a bed. A patient waits for one at a time.
#[must_use]
pub fn bed_request(patient: PatientId) -> Key {
    Key::new(patient_partition(patient), "BEDREQUEST")
}

/// Its place among those who wait for a bed on a ward.
#[must_use]
pub fn listed_bed_request(ward: Ward, place: &str) -> IndexKey {
    IndexKey::new(bed_list_partition(ward), place)
}

fn bed_list_partition(ward: Ward) -> String {
    format!("BEDLIST#{}", ward.as_str())
}

/// Those who wait for a bed on a ward, after a position in the list.
pub(super) fn bed_list(ward: Ward, after: Option<&str>) -> Range {
    Range::in_index(BY_LIST, bed_list_partition(ward)).with_prefix("", after)
}

#[must_use]
pub fn emergency_case(id: CaseId) -> Key {
    Key::new(format!("CASE#{id}"), "CASE")
}

/// The place of a case among those that wait, or among those that are being treated.
#[must_use]
pub fn listed_case(status: CaseStatus, place: &str) -> IndexKey {
    IndexKey::new(case_list_partition(status), place)
}

fn case_list_partition(status: CaseStatus) -> String {
    format!("CASES#{}", status.as_str())
}

/// The cases that stand like this, after a position in the list.
pub(super) fn cases(status: CaseStatus, after: Option<&str>) -> Range {
    Range::in_index(BY_LIST, case_list_partition(status)).with_prefix("", after)
}

const CLEANING: &str = "CLEANING";

/// A bed that waits to be cleaned.
#[must_use]
pub fn cleaning_task(since: Timestamp, ward: Ward, number: BedNumber) -> Key {
    Key::new(CLEANING, format!("{}#{}#{:02}", second(since), ward.as_str(), number.get()))
}

/// The beds that wait to be cleaned, after a position in the list.
pub(super) fn cleaning_tasks(after: Option<&str>) -> Range {
    Range::of(CLEANING).with_prefix("", after)
}

const PHARMACIES: &str = "PHARMACIES";

#[must_use]
pub fn pharmacy(id: PharmacyId) -> Key {
    Key::new(pharmacy_partition(id), "PROFILE")
}

fn pharmacy_partition(id: PharmacyId) -> String {
    format!("PHARMACY#{id}")
}

/// A pharmacy's place in the directory: by name.
#[must_use]
pub fn listed_pharmacy(name: &Title, id: PharmacyId) -> IndexKey {
    IndexKey::new(PHARMACIES, format!("{}#{id}", name.as_str().to_lowercase()))
}

/// Pharmacies whose name begins like this, after a position.
pub(super) fn pharmacies(name: &str, after: Option<&str>) -> Range {
    Range::in_index(BY_LIST, PHARMACIES).with_prefix(name, after)
}

const PHARMACISTS: &str = "PHARMACIST#";

/// Somebody who works in a pharmacy.
#[must_use]
pub fn pharmacist(pharmacy: PharmacyId, user: UserId) -> Key {
    Key::new(pharmacy_partition(pharmacy), format!("{PHARMACISTS}{user}"))
}

/// Those who work in a pharmacy.
pub(super) fn pharmacists(pharmacy: PharmacyId) -> Range {
    Range::of(pharmacy_partition(pharmacy)).with_prefix(PHARMACISTS, None)
}

/// The one pharmacy that somebody works in.
#[must_use]
pub fn works_in_pharmacy(user: UserId) -> Key {
    Key::new(staff_partition(user), "PHARMACY")
}

const ALERTS: &str = "ALERT#";

#[must_use]
pub fn pharmacy_alert(pharmacy: PharmacyId, id: AlertId) -> Key {
    Key::new(pharmacy_partition(pharmacy), format!("{ALERTS}{id}"))
}

/// The place of an alert among those of its pharmacy that stand like this: by when the pharmacy was told last.
#[must_use]
pub fn listed_alert(pharmacy: PharmacyId, state: AlertState, told_at: Timestamp, id: AlertId) -> IndexKey {
    IndexKey::new(alert_list(pharmacy, state), format!("{}#{id}", second(told_at)))
}

fn alert_list(pharmacy: PharmacyId, state: AlertState) -> String {
    format!("ALERTS#{pharmacy}#{}", state.as_str())
}

/// The alerts of a pharmacy that stand like this: all of them, or those before a position.
pub(super) fn alerts_in_state(pharmacy: PharmacyId, state: AlertState, before: Option<&str>) -> Range {
    let range = Range::in_index(BY_LIST, alert_list(pharmacy, state));
    before.map(just_before).into_iter().fold(range, Range::to)
}

fn stock_partition(medicine: StockedMedicineId) -> String {
    format!("STOCK#{medicine}")
}

/// A medicine that a pharmacy keeps.
#[must_use]
pub fn stocked_medicine(id: StockedMedicineId) -> Key {
    Key::new(stock_partition(id), "MEDICINE")
}

/// How much of it is there.
#[must_use]
pub fn stock(medicine: StockedMedicineId) -> Key {
    Key::new(stock_partition(medicine), "STOCK")
}

/// What lists show of it.
#[must_use]
pub fn medicine_line(medicine: StockedMedicineId) -> Key {
    Key::new(stock_partition(medicine), "LISTED")
}

/// The place of a medicine in the list of its pharmacy: by name.
#[must_use]
pub fn listed_medicine(pharmacy: PharmacyId, name: &Title, id: StockedMedicineId) -> IndexKey {
    IndexKey::new(format!("MEDICINES#{pharmacy}"), format!("{}#{id}", name.as_str().to_lowercase()))
}

/// Its place among those that run low.
#[must_use]
pub fn listed_low_medicine(pharmacy: PharmacyId, name: &Title, id: StockedMedicineId) -> IndexKey {
    IndexKey::new(format!("LOWSTOCK#{pharmacy}"), format!("{}#{id}", name.as_str().to_lowercase()))
}

/// The medicines of a pharmacy whose name begins like this, after a position; of those that run low only, or of all.
pub(super) fn medicines(pharmacy: PharmacyId, low: bool, name: &str, after: Option<&str>) -> Range {
    let list = if low {
        Range::in_index(BY_ACTOR, format!("LOWSTOCK#{pharmacy}"))
    } else {
        Range::in_index(BY_LIST, format!("MEDICINES#{pharmacy}"))
    };
    list.with_prefix(name, after)
}

/// That a pharmacy has something of a medicine, among all pharmacies that keep the same one.
#[must_use]
pub fn offer(equivalence: &str, pharmacy: PharmacyId, medicine: StockedMedicineId) -> Key {
    Key::new(format!("OFFER#{equivalence}"), format!("{pharmacy}#{medicine}"))
}

/// The pharmacies that keep a medicine.
pub(super) fn offers(equivalence: &str) -> Range {
    Range::of(format!("OFFER#{equivalence}"))
}

const LOTS: &str = "LOT#";

#[must_use]
pub fn lot(medicine: StockedMedicineId, id: LotId) -> Key {
    Key::new(stock_partition(medicine), format!("{LOTS}{id}"))
}

/// The lots of a medicine: all of them, or those before one.
pub(super) fn lots(medicine: StockedMedicineId, before: Option<LotId>) -> Range {
    let range = Range::of(stock_partition(medicine)).with_prefix(LOTS, None);
    before.map(|id| just_before(&lot(medicine, id).sk)).into_iter().fold(range, Range::to)
}

/// The place of a lot among those of its pharmacy of which something is there: by the day on which it expires.
#[must_use]
pub fn listed_lot(pharmacy: PharmacyId, expires_on: Date, id: LotId) -> IndexKey {
    IndexKey::new(lot_list(pharmacy), format!("{expires_on}#{id}"))
}

fn lot_list(pharmacy: PharmacyId) -> String {
    format!("LOTS#{pharmacy}")
}

/// The lots of a pharmacy that expire before a day, after a position.
pub(super) fn lots_by_expiry(pharmacy: PharmacyId, before: Option<Date>, after: Option<&str>) -> Range {
    let range = Range::in_index(BY_LIST, lot_list(pharmacy)).with_prefix("", after);
    before.map(|day| day.to_string()).into_iter().fold(range, Range::to)
}

/// An entry of a medicine's ledger that is not an allocation.
#[must_use]
pub fn movement(medicine: StockedMedicineId, id: MovementId) -> Key {
    Key::new(stock_partition(medicine), format!("MOVEMENT#{id}"))
}

/// The place of an entry in the ledger of a medicine.
#[must_use]
pub fn in_ledger(medicine: StockedMedicineId, place: &str) -> IndexKey {
    IndexKey::new(format!("LEDGER#{medicine}"), place)
}

/// The ledger of a medicine: all of it, or what is before a place.
pub(super) fn ledger(medicine: StockedMedicineId, before: Option<&str>) -> Range {
    let range = Range::in_index(BY_ACTOR, format!("LEDGER#{medicine}"));
    before.map(just_before).into_iter().fold(range, Range::to)
}

const ALLOCATIONS: &str = "ALLOCATION#";

#[must_use]
pub fn allocation(patient: PatientId, id: AllocationId) -> Key {
    Key::new(patient_partition(patient), format!("{ALLOCATIONS}{id}"))
}

/// A patient's allocations: all of them, or those before one.
pub(super) fn allocations(patient: PatientId, before: Option<AllocationId>) -> Range {
    let range = Range::of(patient_partition(patient)).with_prefix(ALLOCATIONS, None);
    before.map(|id| just_before(&allocation(patient, id).sk)).into_iter().fold(range, Range::to)
}

/// The place of an allocation among those of its pharmacy that stand like this.
#[must_use]
pub fn listed_allocation(pharmacy: PharmacyId, status: AllocationStatus, id: AllocationId) -> IndexKey {
    IndexKey::new(allocation_list(pharmacy, status), id.to_string())
}

fn allocation_list(pharmacy: PharmacyId, status: AllocationStatus) -> String {
    format!("ALLOCS#{pharmacy}#{}", status.as_str())
}

/// The allocations of a pharmacy that stand like this, oldest first, after one.
pub(super) fn allocations_in_status(pharmacy: PharmacyId, status: AllocationStatus, after: Option<&str>) -> Range {
    Range::in_index(BY_LIST, allocation_list(pharmacy, status)).with_prefix("", after)
}

const DISPENSES: &str = "DISPENSE#";

/// Units of a lot that a patient got.
#[must_use]
pub fn dispense(patient: PatientId, allocation: AllocationId, part: u8) -> Key {
    Key::new(patient_partition(patient), format!("{DISPENSES}{allocation}#{part:02}"))
}

/// What a patient got: everything, or what is before a position.
pub(super) fn dispenses(patient: PatientId, before: Option<&str>) -> Range {
    let range = Range::of(patient_partition(patient)).with_prefix(DISPENSES, None);
    before.map(just_before).into_iter().fold(range, Range::to)
}

/// Its place among what was dispensed of a medicine, or of a lot.
#[must_use]
pub fn listed_dispense(of: &str, at: Timestamp, allocation: AllocationId, part: u8) -> IndexKey {
    IndexKey::new(format!("DISPENSED#{of}"), format!("{}#{allocation}#{part:02}", second(at)))
}

/// What was dispensed of a medicine, or of a lot: everything, or what is before a position.
pub(super) fn dispensed_of_medicine(medicine: StockedMedicineId, before: Option<&str>) -> Range {
    let range = Range::in_index(BY_LIST, format!("DISPENSED#{medicine}"));
    before.map(just_before).into_iter().fold(range, Range::to)
}

pub(super) fn dispensed_of_lot(lot: LotId, before: Option<&str>) -> Range {
    let range = Range::in_index(BY_ACTOR, format!("DISPENSED#{lot}"));
    before.map(just_before).into_iter().fold(range, Range::to)
}

const LABORATORIES: &str = "LABORATORIES";

#[must_use]
pub fn laboratory(id: LaboratoryId) -> Key {
    Key::new(laboratory_partition(id), "PROFILE")
}

fn laboratory_partition(id: LaboratoryId) -> String {
    format!("LABORATORY#{id}")
}

/// A laboratory's place in the directory: by name.
#[must_use]
pub fn listed_laboratory(name: &Title, id: LaboratoryId) -> IndexKey {
    IndexKey::new(LABORATORIES, format!("{}#{id}", name.as_str().to_lowercase()))
}

/// Laboratories whose name begins like this, after a position.
pub(super) fn laboratories(name: &str, after: Option<&str>) -> Range {
    Range::in_index(BY_LIST, LABORATORIES).with_prefix(name, after)
}

const TECHNICIANS: &str = "TECHNICIAN#";

/// Somebody who works in a laboratory.
#[must_use]
pub fn technician(laboratory: LaboratoryId, user: UserId) -> Key {
    Key::new(laboratory_partition(laboratory), format!("{TECHNICIANS}{user}"))
}

/// Those who work in a laboratory.
pub(super) fn technicians(laboratory: LaboratoryId) -> Range {
    Range::of(laboratory_partition(laboratory)).with_prefix(TECHNICIANS, None)
}

/// The one laboratory that somebody works in.
#[must_use]
pub fn works_in_laboratory(user: UserId) -> Key {
    Key::new(staff_partition(user), "LABORATORY")
}

/// A lab test that a laboratory offers.
#[must_use]
pub fn offered_test(laboratory: LaboratoryId, id: OfferedTestId) -> Key {
    Key::new(laboratory_partition(laboratory), format!("TEST#{id}"))
}

/// The place of a test in the list of its laboratory: by name.
#[must_use]
pub fn listed_test(laboratory: LaboratoryId, name: &Title, id: OfferedTestId) -> IndexKey {
    IndexKey::new(format!("LABTESTS#{laboratory}"), format!("{}#{id}", name.as_str().to_lowercase()))
}

/// The tests of a laboratory whose name begins like this, after a position.
pub(super) fn tests_of_laboratory(laboratory: LaboratoryId, name: &str, after: Option<&str>) -> Range {
    Range::in_index(BY_LIST, format!("LABTESTS#{laboratory}")).with_prefix(name, after)
}

const EVERY_TEST: &str = "LABTESTS";

/// The place of a test among those of all laboratories: by name.
#[must_use]
pub fn listed_test_anywhere(name: &Title, id: OfferedTestId) -> IndexKey {
    IndexKey::new(EVERY_TEST, format!("{}#{id}", name.as_str().to_lowercase()))
}

/// The tests of all laboratories whose name begins like this, after a position.
pub(super) fn tests_anywhere(name: &str, after: Option<&str>) -> Range {
    Range::in_index(BY_ACTOR, EVERY_TEST).with_prefix(name, after)
}

/// That a laboratory offers a test with a code.
#[must_use]
pub fn test_with_code(loinc: &Loinc, laboratory: LaboratoryId, id: OfferedTestId) -> Key {
    Key::new(format!("LABTEST#{}", loinc.as_str()), format!("{laboratory}#{id}"))
}

/// The tests with a code that laboratories offer, after a position.
pub(super) fn tests_with_code(loinc: &Loinc, after: Option<&str>) -> Range {
    Range::of(format!("LABTEST#{}", loinc.as_str())).with_prefix("", after)
}

/// What a patient owes in all.
#[must_use]
pub fn billing_account(patient: PatientId) -> Key {
    Key::new(patient_partition(patient), "BILLING")
}

const BILLING_ACCOUNTS: &str = "BILLING";

/// An account's place among all of them.
#[must_use]
pub fn listed_billing_account(patient: PatientId) -> IndexKey {
    IndexKey::new(BILLING_ACCOUNTS, patient.to_string())
}

/// All accounts, after a position.
pub(super) fn billing_accounts(after: Option<&str>) -> Range {
    Range::in_index(BY_LIST, BILLING_ACCOUNTS).with_prefix("", after)
}

const CHARGES: &str = "CHARGE#";

/// A charge, by its place among the patient's.
#[must_use]
pub fn charge(patient: PatientId, number: u32) -> Key {
    Key::new(patient_partition(patient), format!("{CHARGES}{number:08}"))
}

/// That a charge no longer counts. It lies right behind the charge.
#[must_use]
pub fn charge_reversal(patient: PatientId, number: u32) -> Key {
    Key::new(patient_partition(patient), format!("{CHARGES}{number:08}#REVERSED"))
}

/// A patient's charges: all of them, or those before a number.
pub(super) fn charges_before(patient: PatientId, before: Option<u32>) -> Range {
    let range = Range::of(patient_partition(patient)).with_prefix(CHARGES, None);
    before.map(|number| just_before(&charge(patient, number).sk)).into_iter().fold(range, Range::to)
}

/// The charges of a span, with their reversals.
pub(super) fn charges_in(patient: PatientId, span: Span) -> Range {
    Range::of(patient_partition(patient)).from(charge(patient, span.from).sk).to(format!("{}$", charge(patient, span.to).sk))
}

/// What has been charged for something.
#[must_use]
pub fn charged(patient: PatientId, source: Source) -> Key {
    Key::new(patient_partition(patient), format!("CHARGED#{source}"))
}

const BALANCES: &str = "BALANCE#";

/// What is to be paid for an invoice, and what was.
#[must_use]
pub fn invoice_balance(patient: PatientId, id: InvoiceId) -> Key {
    Key::new(patient_partition(patient), format!("{BALANCES}{id}"))
}

/// The balances of a patient's invoices: all of them, or those before one.
pub(super) fn invoice_balances(patient: PatientId, before: Option<InvoiceId>) -> Range {
    let range = Range::of(patient_partition(patient)).with_prefix(BALANCES, None);
    before.map(|id| just_before(&invoice_balance(patient, id).sk)).into_iter().fold(range, Range::to)
}

const INVOICES: &str = "INVOICE#";

/// An entry in an invoice's ledger.
#[must_use]
pub fn invoice_entry(patient: PatientId, id: InvoiceId, entry: u64) -> Key {
    Key::new(patient_partition(patient), format!("{INVOICES}{id}#{entry:05}"))
}

/// The entries of an invoice.
pub(super) fn invoice_entries(patient: PatientId, id: InvoiceId) -> Range {
    Range::of(patient_partition(patient)).with_prefix(&format!("{INVOICES}{id}#"), None)
}

/// The entries of all of a patient's invoices: all of them, or those before a position.
pub(super) fn statement(patient: PatientId, before: Option<&str>) -> Range {
    let range = Range::of(patient_partition(patient)).with_prefix(INVOICES, None);
    before.map(just_before).into_iter().fold(range, Range::to)
}

const BILLED: &str = "BILLED#";

/// Which invoice has the charges up to a number.
#[must_use]
pub fn billed(patient: PatientId, last: u32) -> Key {
    Key::new(patient_partition(patient), format!("{BILLED}{last:08}"))
}

/// The invoices of charges from a number on.
pub(super) fn billed_from(patient: PatientId, charge: u32) -> Range {
    Range::of(patient_partition(patient)).with_prefix(BILLED, None).from(billed(patient, charge).sk)
}

/// That an invoice was issued at the end of a stay.
#[must_use]
pub fn billed_stay(patient: PatientId, id: AdmissionId) -> Key {
    Key::new(patient_partition(patient), format!("BILLEDSTAY#{id}"))
}

/// The invoice with a number.
#[must_use]
pub fn numbered_invoice(number: u64) -> Key {
    Key::new(format!("INVOICE#{number}"), "NUMBER")
}

/// The number of the last invoice.
#[must_use]
pub fn last_invoice() -> Key {
    Key::new("INVOICES", "LAST")
}

/// What the lists of all invoices show of one: those of every ward, or those of its ward.
#[must_use]
pub fn bill_line(patient: PatientId, id: InvoiceId, ward: Option<Ward>) -> Key {
    Key::new(patient_partition(patient), format!("BILL#{id}#{}", ward.map_or("", Ward::as_str)))
}

/// The refunds of an invoice that are on their way.
#[must_use]
pub fn open_refunds(patient: PatientId, id: InvoiceId) -> Key {
    Key::new(patient_partition(patient), format!("REFUNDS#{id}"))
}

const OPEN_REFUNDS: &str = "REFUNDS";

/// The place of an invoice among those of which refunds are on their way.
#[must_use]
pub fn listed_refunds(id: InvoiceId) -> IndexKey {
    IndexKey::new(OPEN_REFUNDS, id.to_string())
}

/// The invoices of which refunds are on their way, after a position.
pub(super) fn refunds(after: Option<&str>) -> Range {
    Range::in_index(BY_LIST, OPEN_REFUNDS).with_prefix("", after)
}

fn bill_list(status: Option<InvoiceStatus>, ward: Option<Ward>) -> String {
    format!("{}#{}", status.map_or("", InvoiceStatus::as_str), ward.map_or("", Ward::as_str))
}

/// The place of an invoice in a list of them: by when it was issued, and by its number.
#[must_use]
pub fn listed_bill(status: Option<InvoiceStatus>, ward: Option<Ward>, issued_at: Timestamp, number: u64) -> IndexKey {
    IndexKey::new(format!("BILLS#{}", bill_list(status, ward)), format!("{}#{number:012}", second(issued_at)))
}

/// Invoices that stand like this, of a ward, that were issued in a span of time, before a position.
pub(super) fn bills(
    status: Option<InvoiceStatus>,
    ward: Option<Ward>,
    (from, until): (Option<Timestamp>, Option<Timestamp>),
    before: Option<&str>,
) -> Range {
    let index = if status.is_none() { BY_LIST } else { BY_ACTOR };
    let all = Range::in_index(index, format!("BILLS#{}", bill_list(status, ward)));
    let range = from.map(second).into_iter().fold(all, Range::from);
    let until = until.map(|until| just_before(&second(until)));
    before.map(just_before).or(until).into_iter().fold(range, Range::to)
}

/// What a list of invoices adds up to, by the month in which they were issued.
#[must_use]
pub fn bill_totals(status: Option<InvoiceStatus>, ward: Option<Ward>, month: Month) -> Key {
    Key::new(format!("BILLTOTALS#{}", bill_list(status, ward)), format!("MONTH#{month}"))
}

/// What a list adds up to in some months.
pub(super) fn bill_totals_of(status: Option<InvoiceStatus>, ward: Option<Ward>, from: Option<Month>, to: Option<Month>) -> Range {
    let range = Range::of(format!("BILLTOTALS#{}", bill_list(status, ward)));
    let range = from.map(|month| format!("MONTH#{month}")).into_iter().fold(range, Range::from);
    to.map(|month| format!("MONTH#{month}")).into_iter().fold(range, Range::to)
}

const TURNAROUND: &str = "TURNAROUND#";

/// What a laboratory released of a test in a month.
#[must_use]
pub fn turnaround(laboratory: LaboratoryId, month: Month, test: OfferedTestId) -> Key {
    Key::new(laboratory_partition(laboratory), format!("{TURNAROUND}{month}#{test}"))
}

/// What a laboratory released in a month, after a position.
pub(super) fn turnarounds(laboratory: LaboratoryId, month: Month, after: Option<&str>) -> Range {
    Range::of(laboratory_partition(laboratory)).with_prefix(&format!("{TURNAROUND}{month}#"), after)
}

const LAB_ORDERS: &str = "LABORDER#";

#[must_use]
pub fn lab_order(patient: PatientId, id: LabOrderId) -> Key {
    Key::new(patient_partition(patient), format!("{LAB_ORDERS}{id}"))
}

/// A patient's lab orders: all of them, or those before one.
pub(super) fn lab_orders(patient: PatientId, before: Option<LabOrderId>) -> Range {
    let range = Range::of(patient_partition(patient)).with_prefix(LAB_ORDERS, None);
    before.map(|id| just_before(&lab_order(patient, id).sk)).into_iter().fold(range, Range::to)
}

/// The place of an order in its laboratory's list of what is to be done, or of what is over: by when it is due.
#[must_use]
pub fn listed_lab_order(laboratory: LaboratoryId, status: LabOrderStatus, due_at: Timestamp, id: LabOrderId) -> IndexKey {
    let list = if status.is_open() { TO_DO } else { status.as_str() };
    IndexKey::new(lab_order_list(laboratory, list), format!("{}#{id}", second(due_at)))
}

/// The place of an order that is not over among those of its laboratory that stand like this.
#[must_use]
pub fn lab_order_in_status(laboratory: LaboratoryId, status: LabOrderStatus, due_at: Timestamp, id: LabOrderId) -> Option<IndexKey> {
    let key = || IndexKey::new(lab_order_list(laboratory, status.as_str()), format!("{}#{id}", second(due_at)));
    status.is_open().then(key)
}

const TO_DO: &str = "to_do";

fn lab_order_list(laboratory: LaboratoryId, list: &str) -> String {
    format!("LABORDERS#{laboratory}#{list}")
}

/// The orders of a laboratory by when they are due: those of a status, or all that are not over; until a time; after a position.
pub(super) fn lab_orders_of_laboratory(
    laboratory: LaboratoryId,
    status: Option<LabOrderStatus>,
    due_by: Option<Timestamp>,
    after: Option<&str>,
) -> Range {
    let list = lab_order_list(laboratory, status.map_or(TO_DO, LabOrderStatus::as_str));
    let index = if status.is_some_and(LabOrderStatus::is_open) { BY_ACTOR } else { BY_LIST };
    let range = Range::in_index(index, list).with_prefix("", after);
    // What is due at that very second is among them.
    due_by.map(|by| format!("{}$", second(by))).into_iter().fold(range, Range::to)
}

/// A critical result of an order.
#[must_use]
pub fn critical_result(patient: PatientId, order: LabOrderId) -> Key {
    Key::new(patient_partition(patient), format!("CRITICAL#{order}"))
}

const CRITICAL_RESULTS: &str = "CRITICALRESULTS";

/// The place of a critical result among those that nobody has acknowledged: by since when it is known.
#[must_use]
pub fn listed_critical_result(since: Timestamp, order: LabOrderId) -> IndexKey {
    IndexKey::new(CRITICAL_RESULTS, format!("{}#{order}", second(since)))
}

/// The critical results that nobody has acknowledged, after a position.
pub(super) fn critical_results(after: Option<&str>) -> Range {
    Range::in_index(BY_LIST, CRITICAL_RESULTS).with_prefix("", after)
}

/// An entry in the roster.
#[must_use]
pub fn shift(id: ShiftId) -> Key {
    Key::new(format!("SHIFT#{id}"), "SHIFT")
}

const MONTHS: &str = "MONTH#";

fn month_sk(day: Date) -> String {
    format!("{MONTHS}{}", day.strftime("%Y-%m"))
}

/// The month of a person that a day is in: their shifts and their leave.
#[must_use]
pub fn staff_month(id: UserId, day: Date) -> Key {
    Key::new(staff_partition(id), month_sk(day))
}

/// What belongs to somebody who works here. Apart from the account, which few functions may change.
fn staff_partition(id: UserId) -> String {
    format!("STAFF#{id}")
}

#[must_use]
pub fn staff_profile(id: UserId) -> Key {
    Key::new(staff_partition(id), "PROFILE")
}

/// A list of those who work here: of all, of a role, of a ward, or of a role on a ward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffList {
    pub role: Option<Role>,
    pub ward: Option<Ward>,
}

impl StaffList {
    /// The list's name.
    #[must_use]
    pub fn name(self) -> String {
        format!("{}#{}", self.role.map_or("", Role::as_str), self.ward.map_or("", Ward::as_str))
    }
}

const LINES: &str = "LISTED#";

/// Somebody's line in a list of those who work here.
#[must_use]
pub fn listed_staff(id: UserId, list: StaffList) -> Key {
    Key::new(staff_partition(id), format!("{LINES}{}", list.name()))
}

/// All their lines.
pub(super) fn staff_lines(id: UserId) -> Range {
    Range::of(staff_partition(id)).with_prefix(LINES, None)
}

/// Their place in the list: by name.
#[must_use]
pub fn staff_in_list(list: StaffList, name: &PersonName, id: UserId) -> IndexKey {
    IndexKey::new(staff_list_partition(list), format!("{}#{id}", name.as_str().to_lowercase()))
}

fn staff_list_partition(list: StaffList) -> String {
    format!("STAFF#{}", list.name())
}

/// Those in a list whose name begins like this, after a position.
pub(super) fn staff_list(list: StaffList, name: &str, after: Option<&str>) -> Range {
    Range::in_index(BY_LIST, staff_list_partition(list)).with_prefix(name, after)
}

/// Somebody's leave.
#[must_use]
pub fn leave(id: LeaveId) -> Key {
    Key::new(format!("LEAVE#{id}"), "LEAVE")
}

/// The place of leave among that in its status: by its first day.
#[must_use]
pub fn listed_leave(status: LeaveStatus, from: Date, id: LeaveId) -> IndexKey {
    IndexKey::new(format!("LEAVES#{}", status.as_str()), format!("{from}#{id}"))
}

/// The place of leave among that of its person.
#[must_use]
pub fn listed_leave_of_person(user: UserId, from: Date, id: LeaveId) -> IndexKey {
    IndexKey::new(format!("LEAVES#{user}"), format!("{from}#{id}"))
}

/// Leave in a status, after a position in the list.
pub(super) fn leaves(status: LeaveStatus, after: Option<&str>) -> Range {
    Range::in_index(BY_LIST, format!("LEAVES#{}", status.as_str())).with_prefix("", after)
}

/// A person's leave, before a position in the list.
pub(super) fn leaves_of_person(user: UserId, before: Option<&str>) -> Range {
    let all = Range::in_index(BY_ACTOR, format!("LEAVES#{user}"));
    before.map(just_before).into_iter().fold(all, Range::to)
}

/// What somebody has left of a type of leave in a year.
#[must_use]
pub fn leave_balance(id: UserId, year: i16, what: LeaveType) -> Key {
    Key::new(staff_partition(id), format!("BALANCE#{year:04}#{}", what.as_str()))
}

/// What somebody has left of every type of leave in a year.
pub(super) fn leave_balances(id: UserId, year: i16) -> Range {
    Range::of(staff_partition(id)).with_prefix(&format!("BALANCE#{year:04}#"), None)
}

/// The first day of the month that a sort key names.
pub(super) fn month_of(sk: &str) -> Option<Date> {
    format!("{}-01", sk.strip_prefix(MONTHS)?).parse().ok()
}

/// A person's months from that of one day to that of another.
pub(super) fn staff_months(id: UserId, from: Date, to: Option<Date>) -> Range {
    let range = Range::of(staff_partition(id)).with_prefix(MONTHS, None).from(month_sk(from));
    to.map(month_sk).into_iter().fold(range, Range::to)
}

/// Who has a seat in each shift of the month that a day is in.
#[must_use]
pub fn seat_month(seat: Seat, day: Date) -> Key {
    let seat = match seat {
        Seat::Receptionist => "receptionist".to_owned(),
        Seat::Accountant(ward) => format!("accountant#{}", ward.as_str()),
    };
    Key::new(format!("SEAT#{seat}"), month_sk(day))
}

/// Those on the roster whom somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RosterOf {
    Role(Role),
    Ward(Ward),
}

/// Who works in one shift of a day.
#[must_use]
pub fn roster_slot(of: RosterOf, date: Date, time: ShiftTime) -> Key {
    Key::new(roster_partition(of), roster_sk((date, time)))
}

fn roster_partition(of: RosterOf) -> String {
    match of {
        RosterOf::Role(role) => format!("ROSTER#role#{}", role.as_str()),
        RosterOf::Ward(ward) => format!("ROSTER#ward#{}", ward.as_str()),
    }
}

fn roster_sk((date, time): (Date, ShiftTime)) -> String {
    let number = ShiftTime::ALL.iter().position(|other| *other == time).unwrap_or_default();
    format!("{date}#{number}")
}

/// The day and the shift that a sort key names.
pub(super) fn roster_place(sk: &str) -> Option<(Date, ShiftTime)> {
    let (date, number) = sk.split_once('#')?;
    Some((date.parse().ok()?, *ShiftTime::ALL.get(number.parse::<usize>().ok()?)?))
}

/// The shifts from one to another, both included.
pub(super) fn roster_slots(of: RosterOf, from: (Date, ShiftTime), to: (Date, ShiftTime)) -> Range {
    Range::of(roster_partition(of)).from(roster_sk(from)).to(roster_sk(to))
}

/// A network that an account's owner has signed in from.
#[must_use]
pub fn known_network(of: &str) -> Key {
    Key::new(format!("KNOWN#{of}"), "NETWORK")
}

/// A decoy: see `decoys.rs`.
#[must_use]
pub fn decoy(id: &str) -> Key {
    Key::new(format!("DECOY#{id}"), "DECOY")
}

/// An address that must not be written to.
#[must_use]
pub fn suppression(email: &Email) -> Key {
    Key::new(format!("SUPPRESSED#{email}"), "SUPPRESSION")
}

const SUPPRESSIONS: &str = "MAIL#suppressed";

/// The place of a suppressed address in the list: by time.
#[must_use]
pub fn listed_suppression(since: Timestamp, email: &Email) -> IndexKey {
    IndexKey::new(SUPPRESSIONS, format!("{}#{email}", audit_time(since)))
}

/// The suppressed addresses, before a position in the list.
pub(super) fn suppressions(before: Option<&str>) -> Range {
    let all = Range::in_index(BY_LIST, SUPPRESSIONS);
    before.map(just_before).into_iter().fold(all, Range::to)
}

/// One email for one cause to one person.
#[must_use]
pub fn delivery(id: &str) -> Key {
    Key::new(format!("MAIL#{id}"), "DELIVERY")
}

const REFUSED_EMAILS: &str = "MAIL#failed";

/// The place of a refused email in the list: by time, then by id.
#[must_use]
pub fn listed_delivery(since: Timestamp, id: &str) -> IndexKey {
    IndexKey::new(REFUSED_EMAILS, format!("{}#{id}", audit_time(since)))
}

/// The emails that SES refused, before a position in the list.
pub(super) fn refused_emails(before: Option<&str>) -> Range {
    let all = Range::in_index(BY_LIST, REFUSED_EMAILS);
    before.map(just_before).into_iter().fold(all, Range::to)
}

fn inbox(to: UserId) -> String {
    format!("MAIL#{to}")
}

/// The place of an email in the list of its recipient: by time, then by id.
#[must_use]
pub fn email_to(to: UserId, at: Timestamp, id: &str) -> IndexKey {
    IndexKey::new(inbox(to), format!("{}#{id}", audit_time(at)))
}

/// The emails to an account, before a position in the list.
pub(super) fn emails_to(to: UserId, before: Option<&str>) -> Range {
    before.map(just_before).into_iter().fold(Range::in_index(BY_ACTOR, inbox(to)), Range::to)
}

#[must_use]
pub fn idempotency(id: &str) -> Key {
    Key::new(format!("IDEM#{id}"), "ANSWER")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_prefix_is_behind_every_key_with_it() {
        for prefix in ["SLOT#", "cardiology#", "a", "\u{10FFFE}"] {
            for rest in ["", "0", "~", "\u{FFFF}", "\u{10FFFF}", "\u{10FFFF}\u{10FFFF}"] {
                assert!(format!("{prefix}{rest}") <= end_of(prefix), "{prefix}{rest}");
            }
        }
        assert_eq!(Range::of("x").with_prefix("", None), Range::of("x"), "without a prefix there is no end");
        let after = Range::of("x").with_prefix("a#", Some("a#b"));
        assert!(after.from.as_deref() > Some("a#b") && after.from.as_deref() < Some("a#b!") && after.to.as_deref() == Some("a$"));
    }

    #[test]
    fn the_text_just_before_another_lies_behind_all_earlier_ones() {
        let (place, earlier) =
            ("2026-03-02T09:00:00.012Z#aud_01JD8Z0V3XQ5T4E2W9K7M6N8PR", "2026-03-02T09:00:00.012Z#aud_01JD8Z0V3XQ5T4E2W9K7M6N8PQ");
        let bound = just_before(place);
        assert!(bound.as_str() < place && earlier < bound.as_str());
    }
}
