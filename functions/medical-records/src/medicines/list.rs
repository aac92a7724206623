//! `GET /patients/{patient_id}/prescriptions/medicines`: newest first.

use axum::extract::State;
use domain::id::PatientId;
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};

use super::{Medicine, MedicineView};
use crate::entries;

/// List prescriptions of medicines
///
/// Newest first, with what is left of each. A page holds at most 20.
#[utoipa::path(get, path = "/patients/{patient_id}/prescriptions/medicines", tag = "medical record", operation_id = "list_medicines",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<MedicineView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<MedicineView>>, Problem> {
    entries::list::<Medicine>(&state, &access, &listing).await
}
