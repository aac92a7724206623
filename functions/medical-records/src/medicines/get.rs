//! `GET /patients/{patient_id}/prescriptions/medicines/{id}`: one of them, as it is now.

use axum::extract::State;
use domain::id::{MedicineId, PatientId};
use http::{AppState, Path, Problem, Versioned, auth::PatientAccess};

use super::{Medicine, MedicineView};
use crate::entries;

/// Read the prescription of a medicine
#[utoipa::path(get, path = "/patients/{patient_id}/prescriptions/medicines/{id}", tag = "medical record", operation_id = "get_medicine",
    params(("patient_id" = PatientId, Path), ("id" = MedicineId, Path)), responses((status = 200, body = Versioned<MedicineView>)))]
pub(crate) async fn get(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<MedicineId>,
) -> Result<Versioned<MedicineView>, Problem> {
    Ok(entries::shown(entries::load::<Medicine>(&state, &access, id).await?, &state))
}
