//! Patient profiles: who a patient is and how to reach them.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Invalid,
    id::{PatientId, UserId},
    money::Money,
    text::{PersonName, Phone, PostalAddress},
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

/// A patient profile. A patient may have one without an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    /// Its id.
    pub id: PatientId,
    /// The patient's account, if they have one.
    pub user_id: Option<UserId>,
    /// Full name.
    pub name: PersonName,
    /// Date of birth.
    pub date_of_birth: DateOfBirth,
    /// Administrative gender.
    pub gender: Gender,
    /// The patient's own number.
    pub phone: Phone,
    /// Whom to call in an emergency.
    pub emergency_contact: EmergencyContact,
    /// Where the patient lives.
    pub address: PostalAddress,
    /// Monthly income, for means-tested discounts; optional.
    pub income: Option<Money>,
    /// When the profile was made.
    pub registered_at: Timestamp,
    /// Grows with each change; sent as the ETag.
    pub version: u64,
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
