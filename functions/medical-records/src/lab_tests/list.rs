//! `GET /patients/{patient_id}/prescriptions/lab-tests`: newest first.

use axum::extract::State;
use domain::id::PatientId;
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};

use super::{LabTest, LabTestView};
use crate::entries;

/// List prescriptions of lab tests
///
/// Newest first. A page holds at most 20.
#[utoipa::path(get, path = "/patients/{patient_id}/prescriptions/lab-tests", tag = "medical record", operation_id = "list_lab_tests",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<LabTestView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<LabTestView>>, Problem> {
    entries::list::<LabTest>(&state, &access, &listing).await
}
