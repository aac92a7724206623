//! Whether two patients may be one person. The front desk decides; this only says whom to look at.
//!
//! The weights follow the probabilistic matching of records (Fellegi and Sunter, 1969): what rarely agrees by chance counts most.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    patient::{Gender, Patient},
    patient_names,
    patient_search::PatientEntry,
    text::Phone,
};

/// From this score on, two patients are likely to be one person.
pub const LIKELY: u8 = 60;

/// Something in which two patients agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// The names are the same, apart from case, accents and the order of the words.
    SameName,
    /// The names are nearly the same.
    SimilarName,
    /// The dates of birth are the same.
    SameDateOfBirth,
    /// The dates of birth differ in the day or in the month, or have the two swapped, or one of them is estimated and the years are near.
    SimilarDateOfBirth,
    /// The phone numbers are the same.
    SamePhone,
    /// The genders are the same.
    SameGender,
}

use Agreement::{SameDateOfBirth, SameGender, SameName, SamePhone, SimilarDateOfBirth, SimilarName};

/// How likely it is that a newcomer is a known patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// 0 to 100.
    pub score: u8,
    /// In what they agree.
    pub agreements: Vec<Agreement>,
}

/// Compares a newcomer with a known patient. `phone` is the known patient's number, if it was looked up.
#[must_use]
pub fn compare(newcomer: &Patient, known: &PatientEntry, phone: Option<&Phone>) -> Match {
    let mut agreements = Vec::new();
    let likeness = patient_names::likeness(&newcomer.name, &known.name);
    if likeness > 0.99 {
        agreements.push(SameName);
    } else if likeness > 0.88 {
        agreements.push(SimilarName);
    }
    agreements.extend(compare_birth(newcomer, known));
    if newcomer.phone.is_some() && newcomer.phone.as_ref() == phone {
        agreements.push(SamePhone);
    }
    let genders = [newcomer.gender, known.gender];
    if newcomer.gender == known.gender && newcomer.gender != Gender::Unknown {
        agreements.push(SameGender);
    }
    let weight: u8 = agreements.iter().map(|agreement| agreement.weight()).sum();
    let against = if genders.contains(&Gender::Male) && genders.contains(&Gender::Female) { 15 } else { 0 };
    Match { score: weight.saturating_sub(against), agreements }
}

impl Agreement {
    const fn weight(self) -> u8 {
        match self {
            SameName => 45,
            SimilarName => 35,
            SameDateOfBirth => 30,
            SimilarDateOfBirth => 12,
            SamePhone => 20,
            SameGender => 5,
        }
    }
}

fn compare_birth(newcomer: &Patient, known: &PatientEntry) -> Option<Agreement> {
    let (one, other) = (newcomer.date_of_birth?.date(), known.date_of_birth?.date());
    let years_apart = (i32::from(one.year()) - i32::from(other.year())).abs();
    let estimated = newcomer.date_of_birth_estimated || known.date_of_birth_estimated;
    if one == other && !estimated {
        return Some(SameDateOfBirth);
    }
    let agree = [one.year() == other.year(), one.month() == other.month(), one.day() == other.day()];
    let swapped = agree[0] && one.month() == other.day() && one.day() == other.month();
    let slip = swapped || agree.iter().filter(|agree| **agree).count() == 2 && years_apart <= 10;
    (slip || (estimated && years_apart <= 5)).then_some(SimilarDateOfBirth)
}
