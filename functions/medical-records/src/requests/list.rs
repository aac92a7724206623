//! `GET /patients/{patient_id}/prescription-requests`: newest first.

use axum::extract::State;
use domain::id::PatientId;
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};

use super::{PrescriptionRequest, RequestView};
use crate::entries;

/// List requests for prescriptions
///
/// Newest first. A page holds at most 20.
#[utoipa::path(get, path = "/patients/{patient_id}/prescription-requests", tag = "medical record", operation_id = "list_prescription_requests",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<RequestView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<RequestView>>, Problem> {
    entries::list::<PrescriptionRequest>(&state, &access, &listing).await
}
