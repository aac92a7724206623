//! Encounters and their notes.

pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod open;
pub(crate) mod read_note;
pub(crate) mod sign;
pub(crate) mod write_note;

use domain::{
    id::{AppointmentId, DoctorId, EncounterId},
    instant::Instant,
    record::{
        Entry,
        encounter::{EncounterClass, EncounterStatus},
    },
    text::{NoteText, PersonName},
};
use http::{AppState, Problem, auth::PatientAccess};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use domain::record::encounter::{Encounter, EncounterNote};

use crate::entries::{EntryHead, Shown, head, load};

/// One clinical contact. What the doctor writes about it is in its note.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EncounterView {
    id: EncounterId,
    class: EncounterClass,
    status: EncounterStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    appointment_id: Option<AppointmentId>,
    doctor_id: DoctorId,
    /// The doctor's name at that time.
    doctor_name: PersonName,
    started_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_at: Option<Instant>,
    #[serde(flatten)]
    head: EntryHead,
}

impl Shown for Encounter {
    type View = EncounterView;
    const PATH: &'static str = "encounters";

    fn view(entry: Entry<Self>, state: &AppState) -> EncounterView {
        let (head, status) = (head(&entry, state), entry.content.status());
        let Self { class, appointment_id, doctor_id, doctor_name, started_at, signed_at } = entry.content;
        EncounterView {
            id: entry.id,
            class,
            status,
            appointment_id,
            doctor_id,
            doctor_name,
            started_at: state.hospital.instant(started_at),
            signed_at: signed_at.map(|at| state.hospital.instant(at)),
            head,
        }
    }
}

/// What the doctor writes about an encounter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EncounterNoteView {
    id: EncounterId,
    /// What the patient says.
    #[serde(skip_serializing_if = "Option::is_none")]
    subjective: Option<NoteText>,
    /// What the doctor finds.
    #[serde(skip_serializing_if = "Option::is_none")]
    objective: Option<NoteText>,
    /// What the doctor makes of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    assessment: Option<NoteText>,
    /// What happens next.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<NoteText>,
    #[serde(flatten)]
    head: EntryHead,
}

impl Shown for EncounterNote {
    type View = EncounterNoteView;
    const PATH: &'static str = "encounters";

    fn view(entry: Entry<Self>, state: &AppState) -> EncounterNoteView {
        let (head, Self { subjective, objective, assessment, plan }) = (head(&entry, state), entry.content);
        EncounterNoteView { id: entry.id, subjective, objective, assessment, plan, head }
    }
}

/// An encounter and its note. Patients do not see what is not signed.
pub(crate) async fn with_note(
    state: &AppState,
    access: &PatientAccess,
    id: EncounterId,
) -> Result<(Entry<Encounter>, Entry<EncounterNote>), Problem> {
    // One after the other: a note that is read after the signature is no draft.
    let encounter = load::<Encounter>(state, access, id).await?;
    if !shows_note(&encounter, access) {
        return Err(Problem::not_found("note"));
    }
    Ok((encounter, load::<EncounterNote>(state, access, id).await?))
}

/// Whether the caller may see the note as it is now.
pub(crate) fn shows_note(encounter: &Entry<Encounter>, access: &PatientAccess) -> bool {
    !access.is_patient() || encounter.content.status() == EncounterStatus::Signed
}

/// The doctor who holds an encounter.
pub(crate) fn must_be_held_by_caller(encounter: &Entry<Encounter>, access: &PatientAccess) -> Result<(), Problem> {
    if access.caller.doctor_id == Some(encounter.content.doctor_id) {
        return Ok(());
    }
    Err(Problem::forbidden("Only the doctor who holds the encounter writes and signs its note.").coded("not_your_encounter"))
}
