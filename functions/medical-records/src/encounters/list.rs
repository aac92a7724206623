//! `GET /patients/{patient_id}/encounters`: newest first.

use axum::extract::State;
use domain::id::PatientId;
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};

use super::{Encounter, EncounterView};
use crate::entries;

/// List encounters
///
/// Newest first. A page holds at most 20. An encounter says who held it and when, and nothing of the patient's health: that is in its note.
#[utoipa::path(get, path = "/patients/{patient_id}/encounters", tag = "medical record", operation_id = "list_encounters",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<EncounterView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<EncounterView>>, Problem> {
    entries::list::<Encounter>(&state, &access, &listing).await
}
