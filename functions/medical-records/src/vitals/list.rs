//! `GET /patients/{patient_id}/vitals`: newest first.

use axum::extract::State;
use domain::id::PatientId;
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};

use super::{Vitals, VitalsView};
use crate::entries;

/// List vital signs
///
/// Those that were taken together are one entry. The entries that were written last come first. A page holds at most 20.
#[utoipa::path(get, path = "/patients/{patient_id}/vitals", tag = "medical record", operation_id = "list_vitals",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<VitalsView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<VitalsView>>, Problem> {
    entries::list::<Vitals>(&state, &access, &listing).await
}
