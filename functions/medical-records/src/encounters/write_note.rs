//! `PUT /patients/{patient_id}/encounters/{id}/note`: save a draft, or change what was signed.

use axum::extract::State;
use domain::{
    id::{EncounterId, PatientId},
    record::encounter::EncounterStatus,
    text::{NoteText, Reason},
};
use http::{AppState, Fields, Json, Path, Problem, RequiredIfMatch, Versioned, auth::PatientAccess, refusals};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{EncounterNote, EncounterNoteView, must_be_held_by_caller, with_note};
use crate::{
    entries::{author, shown},
    refused::{Busy, WrongState, not_written},
};

refusals! {
    pub(crate) NotYours {
        403 "not_your_encounter",
        409 "note_empty",
    }
}

/// The whole note. What is left out is no longer there.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteNoteRequest {
    /// What the patient says.
    #[schema(value_type = Option<NoteText>)]
    subjective: Option<String>,
    /// What the doctor finds.
    #[schema(value_type = Option<NoteText>)]
    objective: Option<String>,
    /// What the doctor makes of it.
    #[schema(value_type = Option<NoteText>)]
    assessment: Option<String>,
    /// What happens next.
    #[schema(value_type = Option<NoteText>)]
    plan: Option<String>,
    /// Why it is changed. Required once the encounter is signed.
    #[schema(value_type = Option<Reason>)]
    reason: Option<String>,
}

/// Write the note of an encounter
///
/// As often as you like until you sign: a draft replaces the one before. After that, each change is a new version, and what was signed can be
/// read in the entry's history.
#[utoipa::path(put, path = "/patients/{patient_id}/encounters/{id}/note", tag = "medical record", operation_id = "write_encounter_note",
    request_body = WriteNoteRequest, params(("patient_id" = PatientId, Path), ("id" = EncounterId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<EncounterNoteView>), NotYours, WrongState, Busy))]
pub(crate) async fn write_note(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<EncounterId>,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(request): Json<WriteNoteRequest>,
) -> Result<Versioned<EncounterNoteView>, Problem> {
    let mut fields = Fields::default();
    let mut text = |name, text: Option<String>| fields.optional(name, text, |text| NoteText::parse(&text));
    let (subjective, objective) = (text("subjective", request.subjective), text("objective", request.objective));
    let (assessment, plan) = (text("assessment", request.assessment), text("plan", request.plan));
    let reason = fields.optional("reason", request.reason, |text| Reason::parse(&text));
    let (Some(subjective), Some(objective), Some(assessment), Some(plan), Some(reason)) = (subjective, objective, assessment, plan, reason)
    else {
        return Err(fields.problem());
    };
    let (encounter, before) = with_note(&state, &access, id).await?;
    must_be_held_by_caller(&encounter, &access)?;
    if before.version != version {
        return Err(Problem::stale());
    }
    let is_draft = encounter.content.status() == EncounterStatus::Draft;
    if !is_draft && reason.is_none() {
        return Err(Problem::invalid_field("reason", "required", "The encounter is signed. Say why its note is changed."));
    }
    let content = EncounterNote { subjective, objective, assessment, plan };
    if !is_draft && content.is_empty() {
        return Err(Problem::conflict(
            "note_empty",
            "A signed note keeps some text. If it is wrong as a whole, mark the encounter as entered in error.",
        ));
    }
    let after = before.changed(author(&state, &access), reason, content);
    let written = if is_draft { state.store.note_save_draft(&before, &after).await } else { state.store.note_amend(&before, &after).await };
    written.map_err(not_written)?;
    Ok(shown(after, &state))
}
