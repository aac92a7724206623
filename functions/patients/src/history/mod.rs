//! The medical history: what the patient and the clinicians tell of the time before.

pub(crate) mod add;
pub(crate) mod list;
pub(crate) mod none_known;
pub(crate) mod withdraw;

use domain::{
    history::{AllergySeverity, Entry, HistoryKind, Note},
    id::{HistoryId, UserId},
    instant::Instant,
    record::medicines::MedicineClass,
    text::{PersonName, Reason},
};
use http::{AppState, Problem, auth::PatientAccess, refusals};
use platform::config::Hospital;
use serde::Serialize;
use utoipa::ToSchema;

/// An entry of the medical history.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryEntryView {
    id: HistoryId,
    kind: HistoryKind,
    /// The condition, operation, medicine or, for an allergy, the substance.
    what: Reason,
    /// The reaction to a substance, the dose of a medicine, the relative.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Reason>,
    /// Of an allergy only.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<AllergySeverity>,
    /// Of an allergy only: the class of medicines that the substance belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<MedicineClass>,
    noted: NoteView,
    /// It was a mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn: Option<NoteView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_because: Option<Reason>,
}

/// Who said it, and when.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoteView {
    at: Instant,
    account_id: UserId,
    /// The clinician's name at that time. Absent when the patient or a guardian said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    clinician: Option<PersonName>,
}

impl NoteView {
    pub(crate) fn of(note: Note, hospital: &Hospital) -> Self {
        Self { at: hospital.instant(note.at), account_id: note.by, clinician: note.clinician }
    }
}

pub(crate) fn view(entry: Entry, hospital: &Hospital) -> HistoryEntryView {
    let (withdrawn, withdrawn_because) = entry.withdrawn.unzip();
    HistoryEntryView {
        id: entry.id,
        kind: entry.kind,
        what: entry.what,
        detail: entry.detail,
        severity: entry.severity,
        class: entry.class,
        noted: NoteView::of(entry.noted, hospital),
        withdrawn: withdrawn.map(|note| NoteView::of(note, hospital)),
        withdrawn_because,
    }
}

/// Who changes the history now.
pub(crate) fn note(state: &AppState, access: &PatientAccess) -> Note {
    let clinician = access.caller.name.clone().filter(|_| access.caller.doctor_id.is_some());
    Note { at: state.clock.now(), by: access.caller.user_id, clinician }
}

refusals! {
    pub(crate) TryAgain {
        409 "try_again",
    }
}

/// How often a change is tried again when somebody else changes the history at the same moment.
const ATTEMPTS: usize = 8;

fn try_again() -> Problem {
    Problem::conflict("try_again", "The history is being changed by others at this moment. Try again.").retry_after(1)
}
