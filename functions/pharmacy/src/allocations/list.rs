//! `GET /patients/{patient_id}/allocations`: what is and was set aside for a patient.

use axum::extract::State;
use domain::id::{AllocationId, PatientId};
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};

use super::{AllocationView, view};

/// How many are on a page at most: the units that a page costs are limited.
const ON_A_PAGE: usize = 10;

/// List what is set aside for a patient
///
/// The latest first, also what has ended.
#[utoipa::path(get, path = "/patients/{patient_id}/allocations", tag = "dispensing", operation_id = "list_allocations_of_patient",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<AllocationView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<AllocationView>>, Problem> {
    let (list, limit) = (format!("allocations?{}", access.patient.id), listing.limit.min(ON_A_PAGE));
    let before = listing.after(&state.cursors, &list)?;
    let before =
        before.map(|id| id.parse::<AllocationId>().map_err(|_| Problem::bad_request("invalid_cursor", "Send `next_cursor` unchanged.")));
    let found = state.store.allocation_list(access.patient.id, before.transpose()?, limit + 1).await?;
    let page = Page::cut(found, limit, |last| state.cursors.seal(&list, &last.listed.id.to_string()));
    Ok(Json(page.map(|allocation| view(allocation, &state).body)))
}
