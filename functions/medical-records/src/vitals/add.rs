//! `POST /patients/{patient_id}/vitals`: write a new one.

use axum::extract::State;
use domain::id::{PatientId, VitalsId};
use http::{AppState, Created, Json, Problem, auth::PatientAccess};

use super::{VitalsBody, VitalsView};
use crate::{entries, refused::Busy};

/// Write vital signs
///
/// Values that no living person has are refused. What stands out at the patient's age is flagged: from 16 years on by NEWS2 (Royal College of
/// Physicians, 2017), for children by the limits of PALS (American Heart Association, 2020).
#[utoipa::path(post, path = "/patients/{patient_id}/vitals", tag = "medical record", operation_id = "add_vitals",
    request_body = VitalsBody, params(("patient_id" = PatientId, Path)),
    responses((status = 201, body = Created<VitalsView>, description = "Written"), Busy))]
pub(crate) async fn add(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(body): Json<VitalsBody>,
) -> Result<Created<VitalsView>, Problem> {
    let (encounter, content) = entries::content(body, |body, fields| body.parse(fields, &access, &state))?;
    let encounter = entries::encounter(&state, access.patient.id, encounter).await?;
    let content = content.vitals(state.clock.now(), &access, &state)?;
    let id = VitalsId::new(state.clock.now(), state.random.u128()?);
    entries::add(&state, &access, id, encounter, content).await
}
