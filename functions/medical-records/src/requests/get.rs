//! `GET /patients/{patient_id}/prescription-requests/{id}`: one of them, as it is now.

use axum::extract::State;
use domain::id::{PatientId, RequestId};
use http::{AppState, Path, Problem, Versioned, auth::PatientAccess};

use super::{PrescriptionRequest, RequestView};
use crate::entries;

/// Read a request for a prescription
#[utoipa::path(get, path = "/patients/{patient_id}/prescription-requests/{id}", tag = "medical record", operation_id = "get_prescription_request",
    params(("patient_id" = PatientId, Path), ("id" = RequestId, Path)), responses((status = 200, body = Versioned<RequestView>)))]
pub(crate) async fn get(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<RequestId>,
) -> Result<Versioned<RequestView>, Problem> {
    Ok(entries::shown(entries::load::<PrescriptionRequest>(&state, &access, id).await?, &state))
}
