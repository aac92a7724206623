//! `GET /patients/{patient_id}/encounters/{id}/note`: what the doctor wrote.

use axum::extract::State;
use domain::id::{EncounterId, PatientId};
use http::{AppState, Path, Problem, Versioned, auth::PatientAccess};

use super::{EncounterNoteView, with_note};
use crate::entries::shown;

/// Read the note of an encounter
///
/// Patients see it once the doctor has signed.
#[utoipa::path(get, path = "/patients/{patient_id}/encounters/{id}/note", tag = "medical record", operation_id = "get_encounter_note",
    params(("patient_id" = PatientId, Path), ("id" = EncounterId, Path)), responses((status = 200, body = Versioned<EncounterNoteView>)))]
pub(crate) async fn read_note(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<EncounterId>,
) -> Result<Versioned<EncounterNoteView>, Problem> {
    let (_, note) = with_note(&state, &access, id).await?;
    Ok(shown(note, &state))
}
