//! `PUT /patients/{patient_id}/surgeries/{id}`: a new version.

use axum::extract::State;
use domain::id::{PatientId, SurgeryId};
use http::{AppState, Json, Path, Problem, RequiredIfMatch, Versioned, auth::PatientAccess};

use super::{Surgery, SurgeryBody, SurgeryView};
use crate::{
    entries::{self, Revision},
    refused::Busy,
};

/// Change a surgery
///
/// Writes a new version. The earlier one stays in the entry's history.
#[utoipa::path(put, path = "/patients/{patient_id}/surgeries/{id}", tag = "medical record", operation_id = "change_surgery",
    request_body = Revision<SurgeryBody>, params(("patient_id" = PatientId, Path), ("id" = SurgeryId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<SurgeryView>), Busy))]
pub(crate) async fn change(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<SurgeryId>,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(revision): Json<Revision<SurgeryBody>>,
) -> Result<Versioned<SurgeryView>, Problem> {
    let (reason, (encounter, content)) = entries::revision(revision, |body, fields| body.parse(fields, &access, &state))?;
    let before = entries::to_change::<Surgery>(&state, &access, id, version).await?;
    let encounter = entries::encounter(&state, access.patient.id, encounter).await?;
    let content = content.with_surgeon(&state).await?;
    entries::change(&state, &access, &before, reason, encounter, content).await
}
