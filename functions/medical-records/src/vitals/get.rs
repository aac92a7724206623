//! `GET /patients/{patient_id}/vitals/{id}`: one of them, as it is now.

use axum::extract::State;
use domain::id::{PatientId, VitalsId};
use http::{AppState, Path, Problem, Versioned, auth::PatientAccess};

use super::{Vitals, VitalsView};
use crate::entries;

/// Read vital signs
#[utoipa::path(get, path = "/patients/{patient_id}/vitals/{id}", tag = "medical record", operation_id = "get_vitals",
    params(("patient_id" = PatientId, Path), ("id" = VitalsId, Path)), responses((status = 200, body = Versioned<VitalsView>)))]
pub(crate) async fn get(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<VitalsId>,
) -> Result<Versioned<VitalsView>, Problem> {
    Ok(entries::shown(entries::load::<Vitals>(&state, &access, id).await?, &state))
}
