//! Patient profiles: who a patient is and how to reach them.

use std::collections::BTreeMap;

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Invalid,
    id::{PatientId, UserId},
    money::Money,
    mrn::Mrn,
    text::{PersonName, Phone, PostalAddress, Reason},
};

/// Administrative gender (HL7 FHIR R4 value set `administrative-gender`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Neither of the two.
    Other,
    /// Not known or not said.
    Unknown,
}

impl Gender {
    /// Parses the name used in JSON.
    ///
    /// # Errors
    /// When it is none of the four.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "female" => Ok(Self::Female),
            "male" => Ok(Self::Male),
            "other" => Ok(Self::Other),
            "unknown" => Ok(Self::Unknown),
            _ => Err(Invalid::new("invalid_gender", "Use `female`, `male`, `other` or `unknown`.")),
        }
    }

    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
            Self::Other => "other",
            Self::Unknown => "unknown",
        }
    }
}

/// A date of birth: not in the future, and at most 130 years ago. Age is derived from it and never stored.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DateOfBirth(Date);

impl DateOfBirth {
    /// Parses `YYYY-MM-DD`.
    ///
    /// # Errors
    /// When there is no such day, or when it lies in the future or more than 130 years back.
    pub fn parse(text: &str, today: Date) -> Result<Self, Invalid> {
        let date = parse_date(text)?;
        if date > today {
            return Err(Invalid::new("in_the_future", "A date of birth cannot lie in the future."));
        }
        if i32::from(today.year()) - i32::from(date.year()) > 130 {
            return Err(Invalid::new("too_long_ago", "A date of birth cannot lie more than 130 years back."));
        }
        Ok(Self(date))
    }

    /// The day.
    #[must_use]
    pub const fn date(self) -> Date {
        self.0
    }

    /// Whether somebody who was born then is a child on this day.
    #[must_use]
    pub fn is_of_child(self, today: Date) -> bool {
        self.0.saturating_add(OF_AGE.years()) > today
    }
}

impl std::fmt::Debug for DateOfBirth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DateOfBirth(…)")
    }
}

/// Parses a calendar date, exactly `YYYY-MM-DD`.
///
/// # Errors
/// When the text has another form or the calendar has no such day.
pub fn parse_date(text: &str) -> Result<Date, Invalid> {
    Date::strptime("%Y-%m-%d", text)
        .ok()
        .filter(|date| text.len() == 10 && date.to_string() == text)
        .ok_or_else(|| Invalid::new("invalid_date", "Give a day that exists, as `YYYY-MM-DD`."))
}

/// Whom to call when something happens to the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyContact {
    /// Their name.
    pub name: PersonName,
    /// Their number.
    pub phone: Phone,
    /// Who they are to the patient, such as `mother`.
    pub relationship: Option<PersonName>,
}

/// Whether it is known who a patient is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// It is what the patient, or somebody with them, said.
    Stated,
    /// The front desk has seen a document.
    Confirmed,
    /// Nobody knows who the patient is. The name is made up until somebody does.
    Temporary,
}

impl Identity {
    /// Parses the name used in JSON.
    ///
    /// # Errors
    /// When it is none of the three.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "stated" => Ok(Self::Stated),
            "confirmed" => Ok(Self::Confirmed),
            "temporary" => Ok(Self::Temporary),
            _ => Err(Invalid::new("invalid_identity", "Use `stated`, `confirmed` or `temporary`.")),
        }
    }
}

/// A patient profile. A patient may have one without an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    /// Its id.
    pub id: PatientId,
    /// The patient's account, if they have one.
    pub user_id: Option<UserId>,
    /// The medical record number. No other patient has it, and it never changes.
    pub mrn: Mrn,
    /// Whether it is known who the patient is.
    pub identity: Identity,
    /// Full name.
    pub name: PersonName,
    /// Date of birth, if known.
    pub date_of_birth: Option<DateOfBirth>,
    /// Whether the date of birth is an estimate: only its year counts.
    pub date_of_birth_estimated: bool,
    /// Administrative gender.
    pub gender: Gender,
    /// The patient's number. Several patients may have the same.
    pub phone: Option<Phone>,
    /// Whom to call in an emergency.
    pub emergency_contact: Option<EmergencyContact>,
    /// Where the patient lives.
    pub address: Option<PostalAddress>,
    /// Monthly income, for means-tested discounts; optional.
    pub income: Option<Money>,
    /// When the profile was made.
    pub registered_at: Timestamp,
    /// The closest relatives, besides the emergency contact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next_of_kin: Vec<EmergencyContact>,
    /// Who cares for a child, as the front desk has seen it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guardians: Vec<Guardian>,
    /// When the patient died, if they have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deceased: Option<Death>,
    /// What the patient has decided, by what it is about. The latest decision counts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub consents: BTreeMap<ConsentTo, Consent>,
    /// Why the front desk registered the patient although a known patient is likely to be the same person.
    pub not_a_duplicate: Option<Reason>,
    /// Grows with each change; sent as the ETag.
    pub version: u64,
}

/// Somebody who cares for a child. With a patient profile of their own, they act for the child as for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guardian {
    /// Their own profile, if they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient_id: Option<PatientId>,
    /// Their name.
    pub name: PersonName,
    /// Their number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// Who they are to the child, such as `mother`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relationship: Option<PersonName>,
}

/// The most next of kin that a profile names.
pub const NEXT_OF_KIN: usize = 4;
/// The most guardians that a child has.
pub const GUARDIANS: usize = 4;
/// The age at which nobody acts for a patient any more (Convention on the Rights of the Child, article 1).
const OF_AGE: i16 = 18;

/// The death of a patient, as somebody noted it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Death {
    /// The day.
    pub date: Date,
    /// When it was noted.
    pub noted_at: Timestamp,
    /// The member of staff who noted it.
    pub by: UserId,
}

/// What a patient can agree to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentTo {
    /// Emails about the patient's appointments. Given until it is withdrawn.
    AppointmentEmails,
    /// Sharing the record with other hospitals and doctors.
    DataSharing,
    /// Treatment in this hospital.
    Treatment,
}

impl ConsentTo {
    /// Parses the name used in JSON.
    ///
    /// # Errors
    /// When it is none of the three.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "appointment_emails" => Ok(Self::AppointmentEmails),
            "data_sharing" => Ok(Self::DataSharing),
            "treatment" => Ok(Self::Treatment),
            _ => Err(Invalid::new("invalid_consent", "Use `appointment_emails`, `data_sharing` or `treatment`.")),
        }
    }
}

/// The latest decision about something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Whether the patient agrees.
    pub given: bool,
    /// Since when.
    pub at: Timestamp,
}

/// A decision of a patient. Never changed: a later decision is another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentDecision {
    /// Whose decision it is.
    pub patient_id: PatientId,
    /// The version of the profile that the decision made.
    pub version: u64,
    /// What it is about.
    pub to: ConsentTo,
    /// Whether the patient agrees.
    pub given: bool,
    /// When.
    pub at: Timestamp,
    /// Who noted it: the patient, or a member of staff.
    pub by: UserId,
    /// The member of staff's name at that time.
    pub by_name: Option<PersonName>,
}

impl Patient {
    /// Whether the patient gets emails about appointments.
    #[must_use]
    pub fn hears_of_appointments(&self) -> bool {
        self.deceased.is_none() && self.consents.get(&ConsentTo::AppointmentEmails).is_none_or(|consent| consent.given)
    }

    /// Whether the patient is a child on this day. Nobody is whose date of birth is not known.
    #[must_use]
    pub fn is_child(&self, today: Date) -> bool {
        self.date_of_birth.is_some_and(|born| born.is_of_child(today))
    }

    /// Whether somebody acts for this patient on this day.
    #[must_use]
    pub fn has_guardian(&self, id: PatientId, today: Date) -> bool {
        self.is_child(today) && self.guardians.iter().any(|guardian| guardian.patient_id == Some(id))
    }

    /// A name for somebody whom nobody knows. It says when they came, so that two such patients seldom have one name.
    ///
    /// # Errors
    /// Never: every such name is one that a person may have.
    pub fn temporary_name(gender: Gender, at: DateTime) -> Result<PersonName, Invalid> {
        let who = match gender {
            Gender::Female => "woman",
            Gender::Male => "man",
            Gender::Other | Gender::Unknown => "person",
        };
        PersonName::parse(&format!("Unknown {who} {}", at.strftime("%-d %b %Y %Hh%M")))
    }

    /// What a board shows of the name. Of somebody whom nobody knows, the last digits of the medical record number.
    #[must_use]
    pub fn initials(&self) -> String {
        match self.identity {
            Identity::Temporary => format!("? {}", self.mrn.as_str().get(5..).unwrap_or_default()),
            Identity::Stated | Identity::Confirmed => self.name.initials(),
        }
    }

    /// Somebody whom nobody knows. Of the age only what it looks like is known, if anything.
    ///
    /// # Errors
    /// Never: see [`Self::temporary_name`].
    pub fn unknown(id: PatientId, mrn: Mrn, gender: Gender, age: Option<i16>, now: Timestamp, here: DateTime) -> Result<Self, Invalid> {
        let born = age.map(|age| here.date().saturating_sub(jiff::Span::new().years(age)).to_string());
        let date_of_birth = born.map(|born| DateOfBirth::parse(&born, here.date())).transpose()?;
        Ok(Self {
            id,
            user_id: None,
            mrn,
            identity: Identity::Temporary,
            name: Self::temporary_name(gender, here)?,
            date_of_birth,
            date_of_birth_estimated: date_of_birth.is_some(),
            gender,
            phone: None,
            emergency_contact: None,
            address: None,
            income: None,
            registered_at: now,
            next_of_kin: Vec::new(),
            guardians: Vec::new(),
            deceased: None,
            consents: BTreeMap::new(),
            not_a_duplicate: None,
            version: 1,
        })
    }
}

/// What the front desk changed in a profile: the values from before, with who changed them and why. Never changed itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileChange {
    /// Whose profile it is.
    pub patient_id: PatientId,
    /// The version of the profile that the change made.
    pub version: u64,
    /// When.
    pub at: Timestamp,
    /// The member of staff who changed it.
    pub by: UserId,
    /// Their name at that time.
    pub by_name: Option<PersonName>,
    /// Why.
    pub reason: Reason,
    /// The values from before, of the fields that changed.
    pub before: Earlier,
}

impl ProfileChange {
    /// The record of a change that was just made. `by` is the member of staff, with their name.
    #[must_use]
    pub fn of(before: &Patient, after: &Patient, at: Timestamp, by: (UserId, Option<PersonName>), reason: Reason) -> Self {
        let (by, by_name) = by;
        Self { patient_id: after.id, version: after.version, at, by, by_name, reason, before: Earlier::of(before, after) }
    }
}

/// Values that a profile had, of the fields that changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// The identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// The date of birth, and whether it was an estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_of_birth: Option<(Option<DateOfBirth>, bool)>,
    /// The gender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// The phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Before<Phone>>,
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Before<PostalAddress>>,
    /// The emergency contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency_contact: Option<Before<EmergencyContact>>,
    /// The next of kin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_of_kin: Option<Vec<EmergencyContact>>,
    /// The guardians.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardians: Option<Vec<Guardian>>,
    /// The day of death.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deceased_on: Option<Before<Date>>,
}

/// A value from before, if there was one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before<T> {
    /// The value.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub value: Option<T>,
}

impl<T> Before<T> {
    const fn new(value: Option<T>) -> Self {
        Self { value }
    }
}

impl Earlier {
    /// The values of `before` that are different in `after`.
    #[must_use]
    pub fn of(before: &Patient, after: &Patient) -> Self {
        fn changed<T: PartialEq + Clone>(before: &T, after: &T) -> Option<T> {
            (before != after).then(|| before.clone())
        }
        let day_of_death = |patient: &Patient| patient.deceased.as_ref().map(|death| death.date);
        let birth = |patient: &Patient| (patient.date_of_birth, patient.date_of_birth_estimated);
        Self {
            identity: changed(&before.identity, &after.identity),
            name: changed(&before.name, &after.name),
            date_of_birth: changed(&birth(before), &birth(after)),
            gender: changed(&before.gender, &after.gender),
            phone: changed(&before.phone, &after.phone).map(Before::new),
            address: changed(&before.address, &after.address).map(Before::new),
            emergency_contact: changed(&before.emergency_contact, &after.emergency_contact).map(Before::new),
            next_of_kin: changed(&before.next_of_kin, &after.next_of_kin),
            guardians: changed(&before.guardians, &after.guardians),
            deceased_on: changed(&day_of_death(before), &day_of_death(after)).map(Before::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_of_birth() {
        let today = date(2026, 3, 2);
        assert!(DateOfBirth::parse("2026-03-02", today).is_ok());
        assert!(DateOfBirth::parse("2024-02-29", today).is_ok());
        for (bad, code) in [
            ("2026-03-03", "in_the_future"),
            ("1895-01-01", "too_long_ago"),
            ("1990-02-31", "invalid_date"),
            ("2023-02-29", "invalid_date"),
            ("1990-2-3", "invalid_date"),
            ("19900203", "invalid_date"),
            ("1990-02-03T00:00:00Z", "invalid_date"),
            ("", "invalid_date"),
        ] {
            assert_eq!(DateOfBirth::parse(bad, today).unwrap_err().code, code, "{bad}");
        }
    }

    #[test]
    fn a_guardian_acts_until_the_child_is_of_age() {
        let today = date(2026, 3, 2);
        let mother = PatientId::new(Timestamp::UNIX_EPOCH, 1);
        let child = |born: Option<&str>| Patient {
            id: PatientId::new(Timestamp::UNIX_EPOCH, 2),
            user_id: None,
            mrn: Mrn::from_random(1),
            identity: Identity::Stated,
            name: PersonName::parse("Byron Lovelace").unwrap(),
            date_of_birth: born.map(|born| DateOfBirth::parse(born, today).unwrap()),
            date_of_birth_estimated: false,
            gender: Gender::Male,
            phone: None,
            emergency_contact: None,
            address: None,
            income: None,
            registered_at: Timestamp::UNIX_EPOCH,
            next_of_kin: Vec::new(),
            guardians: vec![Guardian {
                patient_id: Some(mother),
                name: PersonName::parse("Ada Lovelace").unwrap(),
                phone: None,
                relationship: None,
            }],
            deceased: None,
            consents: BTreeMap::new(),
            not_a_duplicate: None,
            version: 1,
        };
        assert!(child(Some("2008-03-03")).has_guardian(mother, today));
        assert!(!child(Some("2008-03-02")).has_guardian(mother, today), "18 today");
        assert!(!child(None).has_guardian(mother, today));
        assert!(!child(Some("2020-01-01")).has_guardian(PatientId::new(Timestamp::UNIX_EPOCH, 3), today));
    }

    proptest! {
        #[test]
        fn dates_never_panic(text in "\\PC*") {
            let _ = parse_date(&text);
        }

        #[test]
        fn dates_survive_text(days in 0i32..60_000) {
            let day = date(1900, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            prop_assert_eq!(parse_date(&day.to_string()).unwrap(), day);
        }
    }
}
