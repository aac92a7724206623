//! `POST /patients/{patient_id}/treatment-plans`: write a new one.

use axum::extract::State;
use domain::id::{PatientId, TreatmentPlanId};
use http::{AppState, Created, Json, Problem, auth::PatientAccess};

use super::{TreatmentPlanBody, TreatmentPlanView};
use crate::{entries, refused::Busy};

/// Write a treatment plan
#[utoipa::path(post, path = "/patients/{patient_id}/treatment-plans", tag = "medical record", operation_id = "add_treatment_plan",
    request_body = TreatmentPlanBody, params(("patient_id" = PatientId, Path)),
    responses((status = 201, body = Created<TreatmentPlanView>, description = "Written"), Busy))]
pub(crate) async fn add(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(body): Json<TreatmentPlanBody>,
) -> Result<Created<TreatmentPlanView>, Problem> {
    let (encounter, content) = entries::content(body, |body, fields| body.parse(fields, &access, &state))?;
    let encounter = entries::encounter(&state, access.patient.id, encounter).await?;
    let id = TreatmentPlanId::new(state.clock.now(), state.random.u128()?);
    entries::add(&state, &access, id, encounter, content).await
}
