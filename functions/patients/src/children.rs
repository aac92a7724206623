//! `GET /patients/me/children`: the children for whom the caller acts.

use axum::extract::State;
use domain::patient_search::PatientEntry;
use http::{AppState, Json, Page, Problem, auth::AsPatient};
use store::trail;

use crate::view::{PatientSummary, summary};

/// List the children whose guardian you are
///
/// The front desk notes who is whose guardian. You act for a child until the child is 18.
#[utoipa::path(get, path = "/patients/me/children", tag = "patients", operation_id = "list_children",
    responses((status = 200, body = Page<PatientSummary>)))]
pub(crate) async fn children(State(state): State<AppState>, AsPatient(id): AsPatient) -> Result<Json<Page<PatientSummary>>, Problem> {
    let today = state.today();
    let mut found = state.store.patient_children(id).await?;
    found.retain(|patient| patient.is_child(today));
    found.iter().map(|patient: &PatientEntry| patient.id).for_each(trail::patient);
    Ok(Json(Page { items: found.into_iter().map(summary).collect(), next_cursor: None }))
}
