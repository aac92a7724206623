//! `GET /patients/{patient_id}/images/{id}/download-link`: where the file can be downloaded.

use axum::extract::State;
use documents::Documents;
use domain::{
    id::{ImageId, PatientId},
    record::image::{DOWNLOAD_LINK, ImageStatus},
};
use http::{AppState, Json, LinkMethod, LinkView, Path, Problem, auth::PatientAccess, refusals};

use super::Image;
use crate::{entries::load, refused::not_reached};

refusals! {
    pub(crate) NotThere {
        409 "not_available",
    }
}

/// Get a link to download an image
///
/// It works for five minutes, for whoever has it: do not pass it on. Nothing else reaches the file.
#[utoipa::path(get, path = "/patients/{patient_id}/images/{id}/download-link", tag = "medical record", operation_id = "get_image_download_link",
    params(("patient_id" = PatientId, Path), ("id" = ImageId, Path)), responses((status = 200, body = LinkView), NotThere))]
pub(crate) async fn download_link(
    State(state): State<AppState>,
    State(documents): State<Documents>,
    access: PatientAccess,
    Path(id): Path<ImageId>,
) -> Result<Json<LinkView>, Problem> {
    let image = load::<Image>(&state, &access, id).await?;
    if image.content.status != ImageStatus::Available {
        return Err(Problem::conflict("not_available", "The file was not uploaded, or was rejected."));
    }
    let name = format!("{}-{}.pdf", image.content.modality.as_str(), image.content.taken_on);
    let link = documents.download_link(&id.to_string(), &name, DOWNLOAD_LINK.unsigned_abs()).await.map_err(not_reached)?;
    Ok(Json(LinkView::of(LinkMethod::Get, link.url, link.headers, DOWNLOAD_LINK, &state)))
}
