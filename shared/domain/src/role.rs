//! The roles a person can hold in the hospital.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Invalid;

/// What somebody does in the hospital. Rights follow from a role together with a relationship (own, treating, same ward, on shift).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Approves accounts and keeps the hospital's settings.
    Administrator,
    /// Charges, invoices and payments.
    Accountant,
    /// Treats patients.
    Doctor,
    /// Collects specimens and reports results.
    LabTechnician,
    /// Cares for patients on a ward.
    Nurse,
    /// Receives care; the only role that is active at once.
    Patient,
    /// Dispenses medicines.
    Pharmacist,
    /// Works at the front desk.
    Receptionist,
    /// Guards the building.
    SecurityGuard,
    /// Cleans beds and rooms.
    Sweeper,
    /// Runs a ward on a shift.
    WardManager,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 11] = [
        Self::Administrator,
        Self::Accountant,
        Self::Doctor,
        Self::LabTechnician,
        Self::Nurse,
        Self::Patient,
        Self::Pharmacist,
        Self::Receptionist,
        Self::SecurityGuard,
        Self::Sweeper,
        Self::WardManager,
    ];

    /// The roles of people who work in the hospital.
    pub const STAFF: [Self; 10] = [
        Self::Administrator,
        Self::Accountant,
        Self::Doctor,
        Self::LabTechnician,
        Self::Nurse,
        Self::Pharmacist,
        Self::Receptionist,
        Self::SecurityGuard,
        Self::Sweeper,
        Self::WardManager,
    ];

    /// Parses the name used in JSON.
    ///
    /// # Errors
    /// When there is no such role.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let names = || Self::ALL.map(Self::as_str).join("`, `");
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| Invalid::new("invalid_role", format!("Use one of `{}`.", names())))
    }

    /// Whether it is a role of people who work in the hospital. It needs an administrator's approval.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        !matches!(self, Self::Patient)
    }

    /// The name as people write it, such as `lab technician`.
    #[must_use]
    pub fn in_words(self) -> String {
        self.as_str().replace('_', " ")
    }

    /// The name used in tokens, tables and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Accountant => "accountant",
            Self::Doctor => "doctor",
            Self::LabTechnician => "lab_technician",
            Self::Nurse => "nurse",
            Self::Patient => "patient",
            Self::Pharmacist => "pharmacist",
            Self::Receptionist => "receptionist",
            Self::SecurityGuard => "security_guard",
            Self::Sweeper => "sweeper",
            Self::WardManager => "ward_manager",
        }
    }
}
