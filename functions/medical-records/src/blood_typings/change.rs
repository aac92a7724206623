//! `PUT /patients/{patient_id}/blood-typings/{id}`: a new version.

use axum::extract::State;
use domain::id::{BloodTypingId, PatientId};
use http::{AppState, Json, Path, Problem, RequiredIfMatch, Versioned, auth::PatientAccess};

use super::{BloodTyping, BloodTypingBody, BloodTypingView};
use crate::{
    entries::{self, Revision},
    refused::Busy,
};

/// Correct a blood typing
///
/// Writes a new version. The earlier one stays in the entry's history.
#[utoipa::path(put, path = "/patients/{patient_id}/blood-typings/{id}", tag = "medical record", operation_id = "change_blood_typing",
    request_body = Revision<BloodTypingBody>, params(("patient_id" = PatientId, Path), ("id" = BloodTypingId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<BloodTypingView>), Busy))]
pub(crate) async fn change(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<BloodTypingId>,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(revision): Json<Revision<BloodTypingBody>>,
) -> Result<Versioned<BloodTypingView>, Problem> {
    let (reason, (encounter, content)) = entries::revision(revision, |body, fields| body.parse(fields, &access, &state))?;
    let before = entries::to_change::<BloodTyping>(&state, &access, id, version).await?;
    let encounter = entries::encounter(&state, access.patient.id, encounter).await?;
    entries::change(&state, &access, &before, reason, encounter, content).await
}
