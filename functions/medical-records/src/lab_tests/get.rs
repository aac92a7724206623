//! `GET /patients/{patient_id}/prescriptions/lab-tests/{id}`: one of them, as it is now.

use axum::extract::State;
use domain::id::{LabTestId, PatientId};
use http::{AppState, Path, Problem, Versioned, auth::PatientAccess};

use super::{LabTest, LabTestView};
use crate::entries;

/// Read the prescription of a lab test
#[utoipa::path(get, path = "/patients/{patient_id}/prescriptions/lab-tests/{id}", tag = "medical record", operation_id = "get_lab_test",
    params(("patient_id" = PatientId, Path), ("id" = LabTestId, Path)), responses((status = 200, body = Versioned<LabTestView>)))]
pub(crate) async fn get(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<LabTestId>,
) -> Result<Versioned<LabTestView>, Problem> {
    Ok(entries::shown(entries::load::<LabTest>(&state, &access, id).await?, &state))
}
