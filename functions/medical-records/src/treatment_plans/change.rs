//! `PUT /patients/{patient_id}/treatment-plans/{id}`: a new version.

use axum::extract::State;
use domain::id::{PatientId, TreatmentPlanId};
use http::{AppState, Json, Path, Problem, RequiredIfMatch, Versioned, auth::PatientAccess};

use super::{TreatmentPlan, TreatmentPlanBody, TreatmentPlanView};
use crate::{
    entries::{self, Revision},
    refused::Busy,
};

/// Change a treatment plan
///
/// Writes a new version. The earlier one stays in the entry's history.
#[utoipa::path(put, path = "/patients/{patient_id}/treatment-plans/{id}", tag = "medical record", operation_id = "change_treatment_plan",
    request_body = Revision<TreatmentPlanBody>, params(("patient_id" = PatientId, Path), ("id" = TreatmentPlanId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<TreatmentPlanView>), Busy))]
pub(crate) async fn change(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<TreatmentPlanId>,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(revision): Json<Revision<TreatmentPlanBody>>,
) -> Result<Versioned<TreatmentPlanView>, Problem> {
    let (reason, (encounter, content)) = entries::revision(revision, |body, fields| body.parse(fields, &access, &state))?;
    let before = entries::to_change::<TreatmentPlan>(&state, &access, id, version).await?;
    let encounter = entries::encounter(&state, access.patient.id, encounter).await?;
    entries::change(&state, &access, &before, reason, encounter, content).await
}
