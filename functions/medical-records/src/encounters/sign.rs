//! `POST /patients/{patient_id}/encounters/{id}/sign`: the doctor has written everything.

use axum::extract::State;
use domain::id::{EncounterId, PatientId};
use http::{AppState, NoBody, Path, Problem, RequiredIfMatch, Versioned, auth::PatientAccess, refusals};

use super::{Encounter, EncounterView, must_be_held_by_caller, with_note};
use crate::{
    entries::{author, shown},
    refused::{Busy, not_written},
};

refusals! {
    pub(crate) NotSigned {
        403 "not_your_encounter",
        409 "already_signed",
        409 "note_empty",
    }
}

/// Sign an encounter
///
/// Send the ETag of the note, so that what is signed is what you have read. The answer has that of the encounter. From now on the patient sees the note, and a change of it is a
/// new version with a reason.
#[utoipa::path(post, path = "/patients/{patient_id}/encounters/{id}/sign", tag = "medical record", operation_id = "sign_encounter",
    params(("patient_id" = PatientId, Path), ("id" = EncounterId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<EncounterView>), NotSigned, Busy))]
pub(crate) async fn sign(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<EncounterId>,
    RequiredIfMatch(version): RequiredIfMatch,
    _: NoBody,
) -> Result<Versioned<EncounterView>, Problem> {
    let (encounter, note) = with_note(&state, &access, id).await?;
    must_be_held_by_caller(&encounter, &access)?;
    if encounter.content.signed_at.is_some() {
        return Err(Problem::conflict("already_signed", "The encounter is signed already."));
    }
    if note.version != version {
        return Err(Problem::stale());
    }
    if note.content.is_empty() {
        return Err(Problem::conflict("note_empty", "Nothing is written in the note yet."));
    }
    let author = author(&state, &access);
    let content = Encounter { signed_at: Some(author.at), ..encounter.content.clone() };
    let after = encounter.changed(author, None, content);
    state.store.encounter_sign(&encounter, &after, version).await.map_err(not_written)?;
    Ok(shown(after, &state))
}
