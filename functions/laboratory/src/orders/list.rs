//! `GET /patients/{patient_id}/lab-orders`: a patient's orders.

use axum::extract::State;
use domain::{
    id::{LabOrderId, PatientId},
    lab_order::Side,
};
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};

use super::{LabOrderView, view};

/// How many are on a page at most: the units that a page costs are limited.
const ON_A_PAGE: usize = 10;

/// List the lab orders of a patient
///
/// The latest first, also what is over.
#[utoipa::path(get, path = "/patients/{patient_id}/lab-orders", tag = "lab orders", operation_id = "list_lab_orders_of_patient",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<LabOrderView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<LabOrderView>>, Problem> {
    let (list, limit) = (format!("lab-orders?{}", access.patient.id), listing.limit.min(ON_A_PAGE));
    let before = listing.after(&state.cursors, &list)?;
    let before =
        before.map(|id| id.parse::<LabOrderId>().map_err(|_| Problem::bad_request("invalid_cursor", "Send `next_cursor` unchanged.")));
    let found = state.store.lab_order_list(access.patient.id, before.transpose()?, limit + 1).await?;
    let page = Page::cut(found, limit, |last| state.cursors.seal(&list, &last.listed.id.to_string()));
    let side = if access.is_patient() { Side::Patient } else { Side::Clinician };
    Ok(Json(page.map(|order| view(order, side, &state).body)))
}
