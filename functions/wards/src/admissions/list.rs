//! `GET /patients/{patient_id}/admissions`: a patient's stays.

use axum::extract::State;
use domain::{
    admission::Admission,
    id::{AdmissionId, PatientId},
};
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::NotHere};

use super::{AdmissionView, view};
use crate::authority::OfPatient;

/// How many are on a page at most: a long stay is large, and the units that a page costs are limited.
const ON_A_PAGE: usize = 10;

/// List a patient's stays
///
/// The latest first. Nurses and ward managers see the stays that are, or ended, on the ward on which they are on shift.
#[utoipa::path(get, path = "/patients/{patient_id}/admissions", tag = "stays", operation_id = "list_admissions",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<AdmissionView>), NotHere))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: OfPatient,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<AdmissionView>>, Problem> {
    let (list, limit) = (format!("admissions?{}", access.patient.id), listing.limit.min(ON_A_PAGE));
    let before = listing.after(&state.cursors, &list)?;
    let before =
        before.map(|id| id.parse::<AdmissionId>().map_err(|_| Problem::bad_request("invalid_cursor", "Send `next_cursor` unchanged.")));
    let found = state.store.admission_list(access.patient.id, before.transpose()?, limit + 1).await?;
    let Page { mut items, next_cursor } = Page::cut(found, limit, |last| state.cursors.seal(&list, &last.id.to_string()));
    items.retain(|admission: &Admission| access.may_with(admission, &state));
    let items = items.into_iter().map(|admission| Ok(view(&admission, &state)?.body)).collect::<Result<_, Problem>>()?;
    Ok(Json(Page { items, next_cursor }))
}
