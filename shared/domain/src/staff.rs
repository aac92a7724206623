//! What the hospital knows of somebody who works here, besides their account.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Invalid,
    id::UserId,
    patient::{DateOfBirth, EmergencyContact},
    text::{Phone, PostalAddress, Specialization, Title},
    ward::Ward,
};

/// The profile of somebody who works here. Name and roles are in the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffProfile {
    /// Their account.
    pub user_id: UserId,
    /// Their date of birth, if they gave it. Age is derived from it.
    pub date_of_birth: Option<DateOfBirth>,
    /// Where they live.
    pub address: Option<PostalAddress>,
    /// The number at which colleagues reach them at work.
    pub work_phone: Option<Phone>,
    /// Whom to call when something happens to them.
    pub emergency_contact: Option<EmergencyContact>,
    /// Their blood group.
    pub blood_group: BloodGroup,
    /// The ward that they belong to. `None` for the whole hospital.
    pub ward: Option<Ward>,
    /// The field in which they work.
    pub specialization: Option<Specialization>,
    /// Since which year they have worked in their profession. Experience is derived from it.
    pub practising_since: Option<i16>,
    /// What they are qualified in.
    pub qualifications: Vec<Qualification>,
    /// Grows with each change; sent as the ETag. 0 before the first one.
    pub version: u64,
}

impl StaffProfile {
    /// The profile of somebody of whom nothing was entered.
    #[must_use]
    pub const fn empty(user_id: UserId) -> Self {
        Self {
            user_id,
            date_of_birth: None,
            address: None,
            work_phone: None,
            emergency_contact: None,
            blood_group: BloodGroup::Unknown,
            ward: None,
            specialization: None,
            practising_since: None,
            qualifications: Vec::new(),
            version: 0,
        }
    }

    /// For how many years they have worked in their profession.
    #[must_use]
    pub fn experience_years(&self, today: Date) -> Option<i16> {
        self.practising_since.map(|since| (today.year() - since).max(0))
    }
}

/// How many qualifications a profile has at most.
pub const MOST_QUALIFICATIONS: usize = 20;
/// How old people who work here are at least.
const WORKING_AGE: i16 = 16;

/// Checks the date of birth of somebody who works here.
///
/// # Errors
/// When there is no such day, or when they would be younger than 16.
pub fn born(text: &str, today: Date) -> Result<DateOfBirth, Invalid> {
    let born = DateOfBirth::parse(text, today)?;
    if age(born, today) < WORKING_AGE {
        return Err(Invalid::new("too_young", format!("People who work here are at least {WORKING_AGE} years old.")));
    }
    Ok(born)
}

/// Checks the year since which somebody has worked in their profession.
///
/// # Errors
/// When it lies in the future or more than 80 years back.
pub fn practising_since(year: i16, today: Date) -> Result<i16, Invalid> {
    if (today.year() - 80..=today.year()).contains(&year) {
        Ok(year)
    } else {
        Err(Invalid::new("invalid_year", format!("Use a year from {} to {}.", today.year() - 80, today.year())))
    }
}

/// Age in whole years.
#[must_use]
pub fn age(born: DateOfBirth, today: Date) -> i16 {
    let born = born.date();
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    today.year() - born.year() - i16::from(!had_birthday)
}

/// A blood group: ABO and Rh(D).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names of the groups")]
pub enum BloodGroup {
    APositive,
    ANegative,
    BPositive,
    BNegative,
    AbPositive,
    AbNegative,
    OPositive,
    ONegative,
    Unknown,
}

impl BloodGroup {
    const ALL: [(Self, &'static str); 9] = [
        (Self::APositive, "a_positive"),
        (Self::ANegative, "a_negative"),
        (Self::BPositive, "b_positive"),
        (Self::BNegative, "b_negative"),
        (Self::AbPositive, "ab_positive"),
        (Self::AbNegative, "ab_negative"),
        (Self::OPositive, "o_positive"),
        (Self::ONegative, "o_negative"),
        (Self::Unknown, "unknown"),
    ];

    /// Parses the name used in JSON.
    ///
    /// # Errors
    /// When there is no such group.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|(_, name)| *name == text);
        let names = Self::ALL.map(|(_, name)| name).join("`, `");
        found.map(|(group, _)| group).ok_or_else(|| Invalid::new("invalid_blood_group", format!("Use `{names}`.")))
    }
}

/// What somebody is qualified in, such as a licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qualification {
    /// What it is called.
    pub title: Title,
    /// Who gave it.
    pub institution: Option<Title>,
    /// Since when they have it.
    pub obtained_on: Option<Date>,
    /// The last day on which it counts. `None` when it does not expire.
    pub expires_on: Option<Date>,
}

impl Qualification {
    /// Whether it no longer counts.
    #[must_use]
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires_on.is_some_and(|last| last < today)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn ages() {
        let today = date(2026, 2, 28);
        let age_of = |text: &str| age(DateOfBirth::parse(text, today).unwrap(), today);
        assert_eq!((age_of("2000-02-28"), age_of("2000-02-29"), age_of("2000-03-01"), age_of("2026-02-28")), (26, 25, 25, 0));
        assert_eq!(born("2010-02-28", today).map(DateOfBirth::date), Ok(date(2010, 2, 28)));
        assert_eq!(born("2010-03-01", today).unwrap_err().code, "too_young");
        assert_eq!(practising_since(1946, today), Ok(1946));
        assert_eq!((practising_since(1945, today).unwrap_err().code, practising_since(2027, today).is_err()), ("invalid_year", true));
    }

    #[test]
    fn names_of_blood_groups() {
        for (group, name) in BloodGroup::ALL {
            assert_eq!(BloodGroup::parse(name), Ok(group));
        }
        assert_eq!(BloodGroup::parse("A+").unwrap_err().code, "invalid_blood_group");
    }

    #[test]
    fn a_qualification_counts_on_its_last_day() {
        let today = date(2026, 3, 2);
        let licence = |expires_on| Qualification {
            title: Title::parse("Nursing licence").unwrap(),
            institution: None,
            obtained_on: None,
            expires_on,
        };
        assert!(
            !licence(Some(today)).is_expired(today)
                && licence(Some(date(2026, 3, 1))).is_expired(today)
                && !licence(None).is_expired(today)
        );
    }
}
