//! `GET /patients/{patient_id}/encounters/{id}`: one encounter.

use axum::extract::State;
use domain::id::{EncounterId, PatientId};
use http::{AppState, Path, Problem, Versioned, auth::PatientAccess};

use super::{Encounter, EncounterView};
use crate::entries;

/// Read an encounter
#[utoipa::path(get, path = "/patients/{patient_id}/encounters/{id}", tag = "medical record", operation_id = "get_encounter",
    params(("patient_id" = PatientId, Path), ("id" = EncounterId, Path)), responses((status = 200, body = Versioned<EncounterView>)))]
pub(crate) async fn get(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<EncounterId>,
) -> Result<Versioned<EncounterView>, Problem> {
    Ok(entries::shown(entries::load::<Encounter>(&state, &access, id).await?, &state))
}
