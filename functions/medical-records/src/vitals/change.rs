//! `PUT /patients/{patient_id}/vitals/{id}`: a new version.

use axum::extract::State;
use domain::id::{PatientId, VitalsId};
use http::{AppState, Json, Path, Problem, RequiredIfMatch, Versioned, auth::PatientAccess};

use super::{Vitals, VitalsBody, VitalsView};
use crate::{
    entries::{self, Revision},
    refused::Busy,
};

/// Correct vital signs
///
/// Writes a new version, flagged anew. The summary and the graphs follow in the same moment.
#[utoipa::path(put, path = "/patients/{patient_id}/vitals/{id}", tag = "medical record", operation_id = "change_vitals",
    request_body = Revision<VitalsBody>, params(("patient_id" = PatientId, Path), ("id" = VitalsId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<VitalsView>), Busy))]
pub(crate) async fn change(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<VitalsId>,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(revision): Json<Revision<VitalsBody>>,
) -> Result<Versioned<VitalsView>, Problem> {
    let (reason, (encounter, content)) = entries::revision(revision, |body, fields| body.parse(fields, &access, &state))?;
    let before = entries::to_change::<Vitals>(&state, &access, id, version).await?;
    let content = content.vitals(before.content.taken_at, &access, &state)?;
    let encounter = entries::encounter(&state, access.patient.id, encounter).await?;
    entries::change(&state, &access, &before, reason, encounter, content).await
}
