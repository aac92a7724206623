//! `GET /patients/{patient_id}/results/{id}`: one of them, as it is now.

use axum::extract::State;
use domain::id::{LabResultId, PatientId};
use http::{AppState, Path, Problem, Versioned, auth::PatientAccess};

use super::{LabResult, ResultView};
use crate::entries;

/// Read a result
#[utoipa::path(get, path = "/patients/{patient_id}/results/{id}", tag = "medical record", operation_id = "get_result",
    params(("patient_id" = PatientId, Path), ("id" = LabResultId, Path)), responses((status = 200, body = Versioned<ResultView>)))]
pub(crate) async fn get(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<LabResultId>,
) -> Result<Versioned<ResultView>, Problem> {
    Ok(entries::shown(entries::load::<LabResult>(&state, &access, id).await?, &state))
}
