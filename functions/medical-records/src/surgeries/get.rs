//! `GET /patients/{patient_id}/surgeries/{id}`: one of them, as it is now.

use axum::extract::State;
use domain::id::{PatientId, SurgeryId};
use http::{AppState, Path, Problem, Versioned, auth::PatientAccess};

use super::{Surgery, SurgeryView};
use crate::entries;

/// Read a surgery
#[utoipa::path(get, path = "/patients/{patient_id}/surgeries/{id}", tag = "medical record", operation_id = "get_surgery",
    params(("patient_id" = PatientId, Path), ("id" = SurgeryId, Path)), responses((status = 200, body = Versioned<SurgeryView>)))]
pub(crate) async fn get(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<SurgeryId>,
) -> Result<Versioned<SurgeryView>, Problem> {
    Ok(entries::shown(entries::load::<Surgery>(&state, &access, id).await?, &state))
}
