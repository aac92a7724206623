//! `GET /patients/{patient_id}/surgeries`: newest first.

use axum::extract::State;
use domain::id::PatientId;
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};

use super::{Surgery, SurgeryView};
use crate::entries;

/// List surgeries
///
/// Those that were performed here, the one that was written last first. A page holds at most 20. Earlier ones are in the medical history.
#[utoipa::path(get, path = "/patients/{patient_id}/surgeries", tag = "medical record", operation_id = "list_surgeries",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<SurgeryView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<SurgeryView>>, Problem> {
    entries::list::<Surgery>(&state, &access, &listing).await
}
