//! `GET /patients/{patient_id}/dispenses`: what a patient got.

use axum::extract::State;
use domain::id::PatientId;
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};
use store::Record;

use super::DispenseView;

/// How many are on a page at most: the units that a page costs are limited.
const ON_A_PAGE: usize = 15;

/// List what a patient got from pharmacies
///
/// The latest first, by when it was set aside.
#[utoipa::path(get, path = "/patients/{patient_id}/dispenses", tag = "dispensing", operation_id = "list_dispenses_of_patient",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<DispenseView>)))]
pub(crate) async fn of_patient(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<DispenseView>>, Problem> {
    let (list, limit) = (format!("dispenses?{}", access.patient.id), listing.limit.min(ON_A_PAGE));
    let before = listing.after(&state.cursors, &list)?;
    let found = state.store.dispenses(access.patient.id, before.as_deref(), limit + 1).await?;
    let page = Page::cut(found, limit, |last| state.cursors.seal(&list, &last.key().sk));
    Ok(Json(page.map(|dispense| DispenseView::of(dispense.listed, &state))))
}
