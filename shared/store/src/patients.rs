//! Patients' profiles, and the index that finds them.
//!
//! A profile is found under several places, such as two words of its name. Each place is an item of its own, written in the profile's
//! transaction, so a patient can be found as soon as they are registered.

use std::cmp::Reverse;

use domain::{
    duplicates::{LIKELY, Match, compare},
    id::PatientId,
    patient::{ConsentDecision, Patient, ProfileChange},
    patient_search::{PatientEntry, Place, Search, places},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Item, Key, Record, Store, StoreError, from_item,
    keys::{self, Range},
    text,
    transact::{NEW, Transaction},
};

impl Record for Patient {
    const KIND: &'static str = "patient";
    const VERSION: u32 = 2;
    fn key(&self) -> Key {
        keys::patient(self.id)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.id)
    }
}

impl Record for ProfileChange {
    const KIND: &'static str = "patient_change";
    fn key(&self) -> Key {
        keys::patient_change(self.patient_id, self.version)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient_id)
    }
}

impl Record for ConsentDecision {
    const KIND: &'static str = "consent";
    fn key(&self) -> Key {
        keys::patient_consent(self.patient_id, self.version)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient_id)
    }
}

/// A patient at one of the places where they are found, as a list shows them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FoundPatient {
    pk: String,
    sk: String,
    patient: PatientEntry,
}

impl FoundPatient {
    /// A patient at every place where they are found.
    #[must_use]
    pub fn all(patient: &Patient) -> Vec<Self> {
        let entry = PatientEntry::of(patient);
        places(patient).iter().map(|place| Self::at(place, &entry)).collect()
    }

    fn at(place: &Place, patient: &PatientEntry) -> Self {
        let Key { pk, sk } = keys::patient_place(place, patient.id);
        Self { pk, sk, patient: patient.clone() }
    }
}

impl Record for FoundPatient {
    const KIND: &'static str = "found_patient";
    fn key(&self) -> Key {
        Key { pk: self.pk.clone(), sk: self.sk.clone() }
    }
}

/// The newest patient at a place. Two receptionists who register one person at once both replace it, so the second one is refused and
/// sees the first one's patient.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct NewestPatient {
    pk: String,
    sk: String,
    newest: PatientId,
}

impl Record for NewestPatient {
    const KIND: &'static str = "newest_patient";
    fn key(&self) -> Key {
        Key { pk: self.pk.clone(), sk: self.sk.clone() }
    }
}

/// Why a patient was not registered. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    #[error("somebody was registered meanwhile who may be the same person")]
    Overtaken,
    #[error("another patient has the medical record number")]
    MrnTaken,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a profile was not changed. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    #[error("the profile has changed since it was read")]
    Stale,
    #[error("an appointment is being booked")]
    BookingUnderWay,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Known patients who are likely to be a newcomer, likeliest first.
#[derive(Debug)]
pub struct Duplicates {
    pub likely: Vec<(PatientEntry, Match)>,
    /// The newest patient at each place where they were looked for.
    newest: Vec<(Place, Option<PatientId>)>,
}

/// Patients who fit a search. If there may be more, `resume` says where to go on.
#[derive(Debug, Default)]
pub struct FoundPatients {
    pub patients: Vec<PatientEntry>,
    pub resume: Option<String>,
}

/// What a page of a search may read, in half read units: a query takes one for each 4 KB.
const HALF_UNITS: usize = 4;
const ITEMS_IN_HALF_UNIT: usize = 10;
/// How many patients at one place a newcomer is compared with.
const COMPARED: usize = 50;
/// How many likely duplicates are shown.
const SHOWN: usize = 5;
const EXISTS: &str = "attribute_exists(pk)";

impl Store {
    pub async fn patient(&self, id: PatientId) -> Result<Option<Patient>, StoreError> {
        self.get(&keys::patient(id)).await
    }

    /// Known patients who are likely to be the newcomer: those with the same name, date of birth or phone number are compared.
    pub async fn patient_duplicates(&self, newcomer: &Patient) -> Result<Duplicates, StoreError> {
        let mut found = Duplicates { likely: Vec::new(), newest: Vec::new() };
        let places = places(newcomer);
        let name = places.iter().filter(|place| matches!(place, Place::Name(_))).min();
        for place in name.into_iter().chain(places.iter().filter(|place| matches!(place, Place::Born(_) | Place::Phone(_)))) {
            let mut newest = None;
            for item in self.query(keys::patients_at(place)).consistent().first(COMPARED).await? {
                if is_newest(&item) {
                    newest = Some(from_item::<NewestPatient>(item)?.newest);
                    continue;
                }
                let known = from_item::<FoundPatient>(item)?.patient;
                let phone = if let Place::Phone(phone) = place { Some(phone) } else { None };
                let alike = compare(newcomer, &known, phone);
                found.likely.push((known, alike));
            }
            found.newest.push((place.clone(), newest));
        }
        // A patient who was found at several places is compared best where the phone number is known.
        found.likely.retain(|(_, alike)| alike.score >= LIKELY);
        found.likely.sort_by_key(|(known, alike)| (known.id, Reverse(alike.score)));
        found.likely.dedup_by_key(|(known, _)| known.id);
        found.likely.sort_by_key(|(_, alike)| Reverse(alike.score));
        found.likely.truncate(SHOWN);
        Ok(found)
    }

    /// Registers a patient, unless somebody was registered since the duplicates were looked for who may be the same person.
    pub async fn patient_register(&self, patient: &Patient, duplicates: &Duplicates) -> Result<(), RegisterError> {
        let mut write = self.transaction();
        for (place, seen) in &duplicates.newest {
            let Key { pk, sk } = keys::newest_patient(place);
            let newest = NewestPatient { pk, sk, newest: patient.id };
            let refuse = |_| RegisterError::Overtaken;
            match seen {
                Some(seen) => write.put_if(&newest, "newest = :seen", &[(":seen", text(*seen))], refuse)?,
                None => write.put_if(&newest, NEW, &[], refuse)?,
            }
        }
        add_patient(&mut write, patient, || RegisterError::MrnTaken)?;
        write.commit().await
    }

    /// Writes a changed profile, whose version has been raised.
    pub async fn patient_change(&self, before: &Patient, after: &Patient) -> Result<(), ProfileError> {
        let mut write = self.transaction();
        change_patient(&mut write, before, after, || ProfileError::Stale)?;
        write.commit().await
    }

    /// Writes a changed profile, whose version has been raised, with a record of the change.
    pub async fn patient_change_noted(&self, before: &Patient, after: &Patient, note: &impl Record) -> Result<(), ProfileError> {
        let mut write = self.transaction();
        change_patient(&mut write, before, after, || ProfileError::Stale)?;
        write.put_new(note, |_| ProfileError::Stale)?;
        write.commit().await
    }

    /// Writes that a patient has died, or that this was a mistake. Nobody books for the dead.
    pub async fn patient_change_death(
        &self,
        before: &Patient,
        after: &Patient,
        note: &ProfileChange,
        now: Timestamp,
    ) -> Result<(), ProfileError> {
        let mut write = self.transaction();
        change_patient(&mut write, before, after, || ProfileError::Stale)?;
        write.put_new(note, |_| ProfileError::Stale)?;
        Self::booking_note_death(&mut write, after.id, after.deceased.is_some(), now, || ProfileError::BookingUnderWay)?;
        write.commit().await
    }

    /// A patient's decisions, latest first.
    pub async fn patient_consents(&self, id: PatientId, before: Option<u64>, limit: usize) -> Result<Vec<ConsentDecision>, StoreError> {
        let found = self.query(keys::patient_consents(id, before)).latest_first(true).first(limit).await?;
        found.into_iter().map(from_item).collect()
    }

    /// What the front desk changed in a profile, latest first.
    pub async fn patient_changes(&self, id: PatientId, before: Option<u64>, limit: usize) -> Result<Vec<ProfileChange>, StoreError> {
        let found = self.query(keys::patient_changes(id, before)).latest_first(true).first(limit).await?;
        found.into_iter().map(from_item).collect()
    }

    /// The patients for whom somebody acts, or did until they were of age.
    pub async fn patient_children(&self, guardian: PatientId) -> Result<Vec<PatientEntry>, StoreError> {
        let found = self.query(keys::patients_at(&Place::ChildOf(guardian))).all().await?;
        found.into_iter().map(|item| Ok(from_item::<FoundPatient>(item)?.patient)).collect()
    }

    /// One page of the patients who fit a search, after a position in the list.
    pub async fn patient_search(&self, search: &Search, after: Option<&str>, limit: usize) -> Result<FoundPatients, StoreError> {
        let mut page = FoundPatients::default();
        let Some(mut step) = after.map_or_else(|| Some(Step::first(search)), Step::from_text) else {
            return Ok(page);
        };
        let mut left = HALF_UNITS;
        while left > 0 {
            let range = step.range(search);
            let wanted = if step.word_only { 1 } else { left * ITEMS_IN_HALF_UNIT };
            let items = self.query(range).first(wanted).await?;
            left -= items.len().div_ceil(ITEMS_IN_HALF_UNIT).max(1);
            let has_more = items.len() == wanted;
            let mut last = None;
            for item in items {
                let sk = item.get("sk").and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
                if !step.word_only && !is_newest(&item) {
                    let patient = from_item::<FoundPatient>(item)?.patient;
                    if search.takes(words_at(&sk), &patient) {
                        if page.patients.len() == limit {
                            page.resume = Some(Step { after: last.or(step.after), ..step }.to_text());
                            return Ok(page);
                        }
                        page.patients.push(patient);
                    }
                }
                last = Some(sk);
            }
            let Some(next) = step.next(search, last, has_more) else { return Ok(page) };
            step = next;
        }
        page.resume = Some(step.to_text());
        Ok(page)
    }
}

/// Where a search reads next. A search for two words of a name reads only the patients who have both: it looks for the next word that
/// begins like the first one wanted, and reads those of its patients who have another word that begins like the second one.
#[derive(Debug)]
struct Step {
    /// A whole word of the names that are read. The first one is what somebody typed, which in most searches is a whole word.
    word: String,
    /// Whether only the next word after this one is looked for.
    word_only: bool,
    /// The position in the range of this step.
    after: Option<String>,
}

impl Step {
    fn first(search: &Search) -> Self {
        Self { word: search.words.first().cloned().unwrap_or_default(), word_only: false, after: None }
    }

    fn range(&self, search: &Search) -> Range {
        let whole = match (search.place(), &search.words[..]) {
            (Some(place), _) => keys::patients_at(&place),
            (None, [first, ..]) if self.word_only => keys::patients_named(first).after_word(&self.word),
            (None, [_, next, ..]) if search.born.is_none() => keys::patients_named(&format!("{} {next}", self.word)),
            (None, _) => match search.year() {
                Some(year) => keys::patients_born_in(year, &self.word),
                None => keys::patients_named(&self.word),
            },
        };
        match &self.after {
            Some(after) => whole.after(after),
            None => whole,
        }
    }

    /// The step after this one, which read up to `last`. `None` at the end of the list.
    fn next(self, search: &Search, last: Option<String>, has_more: bool) -> Option<Self> {
        let by_two_words = search.place().is_none() && search.born.is_none() && search.words.len() > 1;
        match (self.word_only, last) {
            (true, None) => None,
            (true, Some(found)) => {
                let word = words_at(&found).split(' ').next().unwrap_or_default().to_owned();
                Some(Self { word, word_only: false, after: None })
            }
            (false, last) if has_more => Some(Self { after: last, ..self }),
            (false, _) => by_two_words.then_some(Self { word_only: true, after: None, ..self }),
        }
    }

    fn to_text(&self) -> String {
        format!("{} {} {}", self.word, if self.word_only { ">" } else { "=" }, self.after.as_deref().unwrap_or_default())
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ' ');
        let (word, sign, after) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { word: word.to_owned(), word_only: sign == ">", after: (!after.is_empty()).then(|| after.to_owned()) })
    }
}

fn words_at(sk: &str) -> &str {
    sk.split('#').next().unwrap_or_default()
}

/// Adds a new patient with all places.
pub(super) fn add_patient<E: From<StoreError>>(
    write: &mut Transaction<'_, E>,
    patient: &Patient,
    mrn_taken: impl Fn() -> E + Copy + Send + 'static,
) -> Result<(), E> {
    write.put_new(patient, move |_| mrn_taken())?;
    for place in FoundPatient::all(patient) {
        // Only the place of a medical record number can be taken: all others end with the patient's id.
        write.put_new(&place, move |_| mrn_taken())?;
    }
    Ok(())
}

/// Replaces a changed patient, and moves them to their new places.
pub(super) fn change_patient<E: From<StoreError>>(
    write: &mut Transaction<'_, E>,
    before: &Patient,
    after: &Patient,
    stale: impl Fn() -> E + Copy + Send + 'static,
) -> Result<(), E> {
    write.replace(after, before.version, move |_| stale())?;
    let entry = PatientEntry::of(after);
    let (old, new) = (places(before), places(after));
    for place in old.iter().filter(|place| !new.contains(place)) {
        write.delete_if(&keys::patient_place(place, after.id), EXISTS, &[], move |_| stale())?;
    }
    for place in &new {
        if !old.contains(place) {
            write.put_new(&FoundPatient::at(place, &entry), move |_| stale())?;
        } else if entry != PatientEntry::of(before) {
            write.put_if(&FoundPatient::at(place, &entry), EXISTS, &[], move |_| stale())?;
        }
    }
    Ok(())
}

fn is_newest(item: &Item) -> bool {
    item.get("kind").and_then(|kind| kind.as_s().ok()).is_some_and(|kind| kind == NewestPatient::KIND)
}
