//! `GET /patients/{patient_id}/treatment-plans`: newest first.

use axum::extract::State;
use domain::id::PatientId;
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};

use super::{TreatmentPlan, TreatmentPlanView};
use crate::entries;

/// List treatment plans
///
/// Newest first. A page holds at most 20.
#[utoipa::path(get, path = "/patients/{patient_id}/treatment-plans", tag = "medical record", operation_id = "list_treatment_plans",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<TreatmentPlanView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<TreatmentPlanView>>, Problem> {
    entries::list::<TreatmentPlan>(&state, &access, &listing).await
}
