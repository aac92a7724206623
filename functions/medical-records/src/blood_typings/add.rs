//! `POST /patients/{patient_id}/blood-typings`: write a new one.

use axum::extract::State;
use domain::id::{BloodTypingId, PatientId};
use http::{AppState, Created, Json, Problem, auth::PatientAccess};

use super::{BloodTypingBody, BloodTypingView};
use crate::{entries, refused::Busy};

/// Write a blood typing
///
/// The summary of the record shows the group at once, and whether two typings agree.
#[utoipa::path(post, path = "/patients/{patient_id}/blood-typings", tag = "medical record", operation_id = "add_blood_typing",
    request_body = BloodTypingBody, params(("patient_id" = PatientId, Path)),
    responses((status = 201, body = Created<BloodTypingView>, description = "Written"), Busy))]
pub(crate) async fn add(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(body): Json<BloodTypingBody>,
) -> Result<Created<BloodTypingView>, Problem> {
    let (encounter, content) = entries::content(body, |body, fields| body.parse(fields, &access, &state))?;
    let encounter = entries::encounter(&state, access.patient.id, encounter).await?;
    let id = BloodTypingId::new(state.clock.now(), state.random.u128()?);
    entries::add(&state, &access, id, encounter, content).await
}
