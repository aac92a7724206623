//! `GET /patients/{patient_id}/results`: newest first.

use axum::extract::State;
use domain::id::PatientId;
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};

use super::{LabResult, ResultView};
use crate::entries;

/// List results
///
/// Newest first. A page holds at most 20.
#[utoipa::path(get, path = "/patients/{patient_id}/results", tag = "medical record", operation_id = "list_results",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<ResultView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<ResultView>>, Problem> {
    entries::list::<LabResult>(&state, &access, &listing).await
}
