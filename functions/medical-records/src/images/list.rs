//! `GET /patients/{patient_id}/images`: newest first.

use axum::extract::State;
use domain::id::PatientId;
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};

use super::{Image, ImageView};
use crate::entries;

/// List images
///
/// Newest first. A page holds at most 20. Patients see an image once its file was uploaded and checked.
#[utoipa::path(get, path = "/patients/{patient_id}/images", tag = "medical record", operation_id = "list_images",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<ImageView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<ImageView>>, Problem> {
    entries::list::<Image>(&state, &access, &listing).await
}
