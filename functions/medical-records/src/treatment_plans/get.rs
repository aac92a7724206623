//! `GET /patients/{patient_id}/treatment-plans/{id}`: one of them, as it is now.

use axum::extract::State;
use domain::id::{PatientId, TreatmentPlanId};
use http::{AppState, Path, Problem, Versioned, auth::PatientAccess};

use super::{TreatmentPlan, TreatmentPlanView};
use crate::entries;

/// Read a treatment plan
#[utoipa::path(get, path = "/patients/{patient_id}/treatment-plans/{id}", tag = "medical record", operation_id = "get_treatment_plan",
    params(("patient_id" = PatientId, Path), ("id" = TreatmentPlanId, Path)), responses((status = 200, body = Versioned<TreatmentPlanView>)))]
pub(crate) async fn get(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<TreatmentPlanId>,
) -> Result<Versioned<TreatmentPlanView>, Problem> {
    Ok(entries::shown(entries::load::<TreatmentPlan>(&state, &access, id).await?, &state))
}
