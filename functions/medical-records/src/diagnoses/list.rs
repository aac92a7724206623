//! `GET /patients/{patient_id}/diagnoses`: newest first.

use axum::extract::State;
use domain::id::PatientId;
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};

use super::{Diagnosis, DiagnosisView};
use crate::entries;

/// List diagnoses
///
/// Newest first, active or not. A page holds at most 20. What was entered in error is left out.
#[utoipa::path(get, path = "/patients/{patient_id}/diagnoses", tag = "medical record", operation_id = "list_diagnoses",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<DiagnosisView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<DiagnosisView>>, Problem> {
    entries::list::<Diagnosis>(&state, &access, &listing).await
}
