//! `GET /patients/{patient_id}/blood-typings`: newest first.

use axum::extract::State;
use domain::id::PatientId;
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};

use super::{BloodTyping, BloodTypingView};
use crate::entries;

/// List blood typings
///
/// Newest first. A page holds at most 20. What was entered in error is left out.
#[utoipa::path(get, path = "/patients/{patient_id}/blood-typings", tag = "medical record", operation_id = "list_blood_typings",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<BloodTypingView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<BloodTypingView>>, Problem> {
    entries::list::<BloodTyping>(&state, &access, &listing).await
}
