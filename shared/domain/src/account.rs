//! Who can sign in.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Invalid,
    id::{DoctorId, PatientId, UserId},
    role::Role,
    text::{Email, PersonName},
};

/// An account: how a person proves who they are, and in which roles they act.
///
/// The password's hash is kept beside it by the `users` function and never travels with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: UserId,
    /// Where mail reaches the person; unique in the hospital.
    pub email: Email,
    /// How the person is addressed.
    pub name: PersonName,
    /// The roles that are active.
    pub roles: BTreeSet<Role>,
    /// The person's own record, when they are a patient.
    pub patient_id: Option<PatientId>,
    /// The person's profile, when they are a doctor.
    pub doctor_id: Option<DoctorId>,
    /// When it was created.
    pub created_at: Timestamp,
}

/// A password as typed: 8 to 128 characters, no composition rules (NIST SP 800-63B §3.1.1.2).
pub struct Password(String);

impl Password {
    /// Parses what was typed, as it is: nothing is trimmed or cut.
    ///
    /// # Errors
    /// When it is too short or too long.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text.chars().count() {
            0..8 => Err(Invalid::new("too_short", "Use at least 8 characters; a sentence works well.")),
            8..=128 => Ok(Self(text.to_owned())),
            _ => Err(Invalid::new("too_long", "Use at most 128 characters.")),
        }
    }

    /// The password, for hashing only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}
