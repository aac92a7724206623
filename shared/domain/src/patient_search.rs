//! Finding a patient by what somebody remembers of them.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    Invalid,
    id::PatientId,
    mrn::Mrn,
    patient::{DateOfBirth, Gender, Identity, Patient, parse_date},
    patient_names::{matches, words},
    text::{PersonName, Phone},
};

/// What a list shows of a patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientEntry {
    /// The profile's id.
    pub id: PatientId,
    /// The medical record number.
    pub mrn: Mrn,
    /// Full name.
    pub name: PersonName,
    /// Date of birth, if known.
    pub date_of_birth: Option<DateOfBirth>,
    /// Whether the date of birth is an estimate.
    pub date_of_birth_estimated: bool,
    /// Administrative gender.
    pub gender: Gender,
    /// Whether it is known who the patient is.
    pub identity: Identity,
    /// Whether the patient has died.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deceased: bool,
}

impl PatientEntry {
    /// Whether the patient is a child on this day: see [`Patient::is_child`].
    #[must_use]
    pub fn is_child(&self, today: Date) -> bool {
        self.date_of_birth.is_some_and(|born| born.is_of_child(today))
    }

    /// What a list shows of this patient.
    #[must_use]
    pub fn of(patient: &Patient) -> Self {
        Self {
            id: patient.id,
            mrn: patient.mrn.clone(),
            name: patient.name.clone(),
            date_of_birth: patient.date_of_birth,
            date_of_birth_estimated: patient.date_of_birth_estimated,
            gender: patient.gender,
            identity: patient.identity,
            deceased: patient.deceased.is_some(),
        }
    }
}

/// How many words of a name can be searched for. Only a name with more words has any that cannot.
const WORDS: usize = 6;

fn searchable(name: &PersonName) -> Vec<String> {
    let mut words = words(name.as_str());
    words.truncate(WORDS);
    words
}

/// A place in the index under which a patient is found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Two words of the name in either order, or its only word.
    Name(String),
    /// A word of the name, among the people who were born in that year.
    Year(i16, String),
    /// The exact date of birth.
    Born(Date),
    /// The phone number.
    Phone(Phone),
    /// The medical record number.
    Mrn(Mrn),
    /// A guardian's profile.
    ChildOf(PatientId),
}

/// Every place under which a patient is found.
#[must_use]
pub fn places(patient: &Patient) -> Vec<Place> {
    let words = searchable(&patient.name);
    let mut places = vec![Place::Mrn(patient.mrn.clone())];
    for (at, word) in words.iter().enumerate() {
        let others = words.iter().enumerate().filter(|(other, _)| *other != at);
        places.extend(others.map(|(_, other)| Place::Name(format!("{word} {other}"))));
    }
    if let [only] = &words[..] {
        places.push(Place::Name(only.clone()));
    }
    if let Some(date) = patient.date_of_birth.map(DateOfBirth::date) {
        places.extend(words.into_iter().map(|word| Place::Year(date.year(), word)));
        if !patient.date_of_birth_estimated {
            places.push(Place::Born(date));
        }
    }
    places.extend(patient.phone.clone().map(Place::Phone));
    let guardians: BTreeSet<_> = patient.guardians.iter().filter_map(|guardian| guardian.patient_id).collect();
    places.extend(guardians.into_iter().map(Place::ChildOf));
    places
}

/// A date of birth as somebody remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Birth {
    /// The day.
    Day(Date),
    /// The year only.
    Year(i16),
}

impl Birth {
    /// Parses `YYYY-MM-DD` or `YYYY`.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let year = || text.parse::<i16>().ok().filter(|_| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())).map(Self::Year);
        let parsed = parse_date(text).map(Self::Day).ok().or_else(year);
        parsed.ok_or_else(|| Invalid::new("invalid_date", "Give a day as `YYYY-MM-DD`, or a year as `YYYY`."))
    }

    fn fits(self, entry: &PatientEntry) -> bool {
        let born = entry.date_of_birth.map(DateOfBirth::date);
        match self {
            Self::Day(day) => born == Some(day),
            Self::Year(year) => born.is_some_and(|born| born.year() == year),
        }
    }
}

/// What somebody looks for. Everything that is given has to fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// The beginnings of words of the name, longest first.
    pub words: Vec<String>,
    /// When the patient was born.
    pub born: Option<Birth>,
    /// The whole phone number.
    pub phone: Option<Phone>,
    /// The medical record number.
    pub mrn: Option<Mrn>,
}

impl Search {
    /// Parses the words of a name that somebody looks for, longest first.
    ///
    /// # Errors
    /// When no word has two letters: there would be too many patients.
    pub fn parse_name(text: &str) -> Result<Vec<String>, Invalid> {
        if text.chars().count() > 100 {
            return Err(Invalid::new("too_long", "Use at most 100 characters."));
        }
        let mut words = words(text);
        words.sort_by(|one, other| other.len().cmp(&one.len()).then(one.cmp(other)));
        // What begins like a longer word adds nothing.
        let longer = words.clone();
        words.retain(|word| !longer.iter().any(|longer| longer != word && longer.starts_with(word.as_str())));
        match words.first() {
            Some(longest) if longest.len() >= 2 => Ok(words),
            _ => Err(Invalid::new("too_short", "Give at least two letters of a name.")),
        }
    }

    /// The one place where everybody who fits is, if there is one.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        match (&self.mrn, &self.phone, self.born) {
            (Some(mrn), _, _) => Some(Place::Mrn(mrn.clone())),
            (None, Some(phone), _) => Some(Place::Phone(phone.clone())),
            (None, None, Some(Birth::Day(day))) if self.words.is_empty() => Some(Place::Born(day)),
            _ => None,
        }
    }

    /// The year of birth, if it is given.
    #[must_use]
    pub fn year(&self) -> Option<i16> {
        self.born.map(|born| match born {
            Birth::Day(day) => day.year(),
            Birth::Year(year) => year,
        })
    }

    /// Whether too many patients would fit: a year alone is not enough.
    #[must_use]
    pub fn is_too_wide(&self) -> bool {
        self.words.is_empty() && self.phone.is_none() && self.mrn.is_none() && !matches!(self.born, Some(Birth::Day(_)))
    }

    /// The search, for the audit log.
    #[must_use]
    pub fn in_words(&self) -> String {
        let born = self.born.map(|born| match born {
            Birth::Day(day) => format!("born {day}"),
            Birth::Year(year) => format!("born {year}"),
        });
        let name = (!self.words.is_empty()).then(|| format!("name {}", self.words.join(" ")));
        let (phone, mrn) = (self.phone.as_ref().map(|phone| format!("phone {phone}")), self.mrn.as_ref().map(|mrn| format!("MRN {mrn}")));
        [name, born, phone, mrn].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// Whether a list takes a patient where it comes across them: when they fit, and only at the first of the places where they do.
    /// `at` has the words of the place.
    #[must_use]
    pub fn takes(&self, at: &str, entry: &PatientEntry) -> bool {
        let fits = matches(&entry.name, &self.words)
            && self.born.is_none_or(|born| born.fits(entry))
            && self.mrn.as_ref().is_none_or(|mrn| *mrn == entry.mrn);
        fits && (at.is_empty() || self.is_first(at, entry))
    }

    /// Whether no earlier word of the name leads here.
    fn is_first(&self, at: &str, entry: &PatientEntry) -> bool {
        let words = searchable(&entry.name);
        let mut wanted = self.words.iter();
        let first = wanted.next().and_then(|wanted| words.iter().find(|word| word.starts_with(wanted.as_str())));
        let Some((word, next)) = at.split_once(' ') else { return first.is_some_and(|first| first == at) };
        let others = || words.iter().filter(|other| Some(*other) != first);
        let second = match wanted.next() {
            Some(wanted) => others().find(|other| other.starts_with(wanted.as_str())),
            None => others().next(),
        };
        first.is_some_and(|first| first == word) && second.is_some_and(|second| second == next)
    }
}
