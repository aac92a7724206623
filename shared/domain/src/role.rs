//! The roles a person can hold in the hospital.

use serde::{Deserialize, Serialize};

/// What somebody does here. Rights follow from a role together with a relationship (own, treating, same ward, on shift).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
