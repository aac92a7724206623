//! Encounters: one clinical contact each, and the note that the doctor writes about it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Clinical;
use crate::{
    appointment::{Appointment, Status},
    id::{AppointmentId, DoctorId, EncounterId},
    text::{NoteText, PersonName},
};

/// What sort of contact it is (HL7 v3 `ActEncounterCode`: AMB, EMER, IMP).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EncounterClass {
    /// The patient came for an appointment.
    Outpatient,
    /// The patient came as an emergency.
    Emergency,
    /// The patient is admitted.
    Inpatient,
}

named! {
    EncounterClass, "invalid_class": { Outpatient = "outpatient", Emergency = "emergency", Inpatient = "inpatient", }
}

/// Whether the doctor still writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EncounterStatus {
    /// The doctor still writes. Patients do not see the note yet.
    Draft,
    /// The doctor has signed. A change of the note is a new version from now on.
    Signed,
}

/// One clinical contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encounter {
    /// What sort.
    pub class: EncounterClass,
    /// The appointment that was held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment_id: Option<AppointmentId>,
    /// The doctor who holds it.
    pub doctor_id: DoctorId,
    /// The doctor's name at that time.
    pub doctor_name: PersonName,
    /// When it began.
    pub started_at: Timestamp,
    /// When the doctor signed, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Timestamp>,
}

impl Clinical for Encounter {
    type Id = EncounterId;
    const KIND: &'static str = "encounter";
}

impl Encounter {
    /// Whether the doctor still writes.
    #[must_use]
    pub const fn status(&self) -> EncounterStatus {
        if self.signed_at.is_some() { EncounterStatus::Signed } else { EncounterStatus::Draft }
    }
}

/// Whether an appointment is being held, or was: the patient has arrived.
#[must_use]
pub const fn is_held(appointment: &Appointment) -> bool {
    matches!(appointment.status, Status::Arrived { .. } | Status::Completed { .. })
}

/// What the doctor writes about an encounter, in the four parts of a SOAP note.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncounterNote {
    /// What the patient says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subjective: Option<NoteText>,
    /// What the doctor finds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objective: Option<NoteText>,
    /// What the doctor makes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<NoteText>,
    /// What happens next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<NoteText>,
}

impl Clinical for EncounterNote {
    // A note has the id of its encounter.
    type Id = EncounterId;
    const KIND: &'static str = "encounter_note";
}

impl EncounterNote {
    /// Whether nothing is written yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.subjective.is_none() && self.objective.is_none() && self.assessment.is_none() && self.plan.is_none()
    }
}
