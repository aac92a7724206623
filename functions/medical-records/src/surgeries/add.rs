//! `POST /patients/{patient_id}/surgeries`: write a new one.

use axum::extract::State;
use domain::id::{PatientId, SurgeryId};
use http::{AppState, Created, Json, Problem, auth::PatientAccess};

use super::{SurgeryBody, SurgeryView};
use crate::{entries, refused::Busy};

/// Write a surgery
///
/// The surgeon is a doctor of this hospital. The fee is what a bill will say.
#[utoipa::path(post, path = "/patients/{patient_id}/surgeries", tag = "medical record", operation_id = "add_surgery",
    request_body = SurgeryBody, params(("patient_id" = PatientId, Path)),
    responses((status = 201, body = Created<SurgeryView>, description = "Written"), Busy))]
pub(crate) async fn add(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(body): Json<SurgeryBody>,
) -> Result<Created<SurgeryView>, Problem> {
    let (encounter, content) = entries::content(body, |body, fields| body.parse(fields, &access, &state))?;
    let encounter = entries::encounter(&state, access.patient.id, encounter).await?;
    let content = content.with_surgeon(&state).await?;
    let id = SurgeryId::new(state.clock.now(), state.random.u128()?);
    entries::add(&state, &access, id, encounter, content).await
}
