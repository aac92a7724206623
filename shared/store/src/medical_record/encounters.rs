//! Encounters and their notes.

use domain::{
    id::{AppointmentId, EncounterId, PatientId},
    record::{
        Entry,
        encounter::{Encounter, EncounterNote},
    },
};
use serde::{Deserialize, Serialize};

use super::RecordError;
use crate::{Key, Record, Store, from_item, keys, number, text, transact::Transaction};

/// An appointment has this encounter.
#[derive(Debug, Serialize, Deserialize)]
struct Held {
    patient: PatientId,
    appointment: AppointmentId,
    encounter: EncounterId,
}

impl Record for Held {
    const KIND: &'static str = "appointment_held";
    fn key(&self) -> Key {
        keys::appointment_held(self.patient, self.appointment)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient)
    }
}

fn held(encounter: &Entry<Encounter>) -> Option<Held> {
    let appointment = encounter.content.appointment_id?;
    Some(Held { patient: encounter.patient_id, appointment, encounter: encounter.id })
}

impl Store {
    /// Opens an encounter with an empty note. If it is that of an appointment, the appointment is being held, and has no other one.
    pub async fn encounter_open(&self, encounter: &Entry<Encounter>, note: &Entry<EncounterNote>) -> Result<(), RecordError> {
        let mut write = self.transaction();
        write.put_new(encounter, |_| RecordError::Stale)?;
        write.put_new(note, |_| RecordError::Stale)?;
        if let Some(held) = held(encounter) {
            write.put_new(&held, |there| match from_item::<Held>(there) {
                Ok(other) => RecordError::AlreadyHeld(other.encounter),
                Err(error) => error.into(),
            })?;
            let (appointment, patient) = (held.appointment, held.patient.to_string());
            let check = |check: aws_sdk_dynamodb::types::builders::ConditionCheckBuilder| {
                check
                    .condition_expression("patient_id = :patient AND #status.#name IN (:arrived, :completed)")
                    .expression_attribute_names("#status", "status")
                    .expression_attribute_names("#name", "name")
                    .expression_attribute_values(":patient", text(patient))
                    .expression_attribute_values(":arrived", text("arrived"))
                    .expression_attribute_values(":completed", text("completed"))
            };
            write.check(&keys::appointment(appointment), check, move |_| RecordError::NotHeld(appointment))?;
        }
        write.commit().await
    }

    /// Takes an encounter and its note out of view. Its appointment may have another one.
    pub async fn encounter_in_error(
        &self,
        (before, after): (&Entry<Encounter>, &Entry<Encounter>),
        (note, marked): (&Entry<EncounterNote>, &Entry<EncounterNote>),
    ) -> Result<(), RecordError> {
        let mut write = self.transaction();
        super::entry_writes(&mut write, Some(note), marked)?;
        super::entry_writes(&mut write, Some(before), after)?;
        if let Some(held) = held(before) {
            write.delete_if(&held.key(), super::THERE, &[], |_| RecordError::Stale)?;
        }
        write.commit().await
    }

    /// Signs an encounter, if its note still is what the doctor has read.
    pub async fn encounter_sign(&self, before: &Entry<Encounter>, after: &Entry<Encounter>, note: u64) -> Result<(), RecordError> {
        let mut write = self.transaction();
        let key = keys::record_entry(after.patient_id, "encounter_note", &after.id.to_string());
        let unchanged = |check: aws_sdk_dynamodb::types::builders::ConditionCheckBuilder| {
            check.condition_expression("version = :version").expression_attribute_values(":version", number(note))
        };
        write.check(&key, unchanged, |_| RecordError::Stale)?;
        super::entry_writes(&mut write, Some(before), after)?;
        write.commit().await
    }

    /// Saves a draft of a note, if the encounter is not signed. Drafts before it are not kept: nobody else has relied on them.
    pub async fn note_save_draft(&self, before: &Entry<EncounterNote>, after: &Entry<EncounterNote>) -> Result<(), RecordError> {
        let mut write = self.transaction();
        write.replace(after, before.version, |_| RecordError::Stale)?;
        must_be(&mut write, after, "attribute_not_exists(content.signed_at) AND attribute_not_exists(in_error)")?;
        write.commit().await
    }

    /// Changes a note that was signed. What was signed is kept.
    pub async fn note_amend(&self, before: &Entry<EncounterNote>, after: &Entry<EncounterNote>) -> Result<(), RecordError> {
        let mut write = self.transaction();
        super::entry_writes(&mut write, Some(before), after)?;
        must_be(&mut write, after, "attribute_exists(content.signed_at) AND attribute_not_exists(in_error)")?;
        write.commit().await
    }
}

/// Requires a state of the encounter of a note.
fn must_be(write: &mut Transaction<'_, RecordError>, note: &Entry<EncounterNote>, state: &'static str) -> Result<(), RecordError> {
    let key = keys::record_entry(note.patient_id, "encounter", &note.id.to_string());
    write.check(&key, |check| check.condition_expression(state), |_| RecordError::WrongState)
}
