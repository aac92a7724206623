//! `POST /patients/{patient_id}/images/{id}/upload-link`: another link, when the first one no longer works.

use axum::extract::State;
use documents::Documents;
use domain::id::{ImageId, PatientId};
use http::{AppState, Json, LinkView, NoBody, Path, Problem, auth::PatientAccess, refusals};

use super::{Image, NotAwaited, link_to_upload, must_be_awaited};
use crate::entries::load;

refusals! {
    pub(crate) Available {
        409 "already_available",
    }
}

/// Get another link to upload an image
///
/// For ten minutes, for the same file.
#[utoipa::path(post, path = "/patients/{patient_id}/images/{id}/upload-link", tag = "medical record", operation_id = "get_image_upload_link",
    params(("patient_id" = PatientId, Path), ("id" = ImageId, Path)), responses((status = 200, body = LinkView), NotAwaited, Available))]
pub(crate) async fn upload_link(
    State(state): State<AppState>,
    State(documents): State<Documents>,
    access: PatientAccess,
    Path(id): Path<ImageId>,
    _: NoBody,
) -> Result<Json<LinkView>, Problem> {
    let image = load::<Image>(&state, &access, id).await?;
    must_be_awaited(&image, &state)?;
    Ok(Json(link_to_upload(&image, &documents, &state).await?))
}
