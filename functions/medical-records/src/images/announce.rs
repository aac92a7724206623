//! `POST /patients/{patient_id}/images`: an image is going to be uploaded.

use axum::extract::State;
use documents::Documents;
use domain::{
    id::{EncounterId, ImageId, PatientId},
    patient::parse_date,
    record::{
        Entry,
        image::{ImageStatus, Modality, Sha256, UPLOAD_WITHIN},
    },
    text::{Reason, Title},
};
use http::{AppState, Created, Fields, Json, LinkView, Problem, auth::PatientAccess, file_size};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Image, ImageView, link_to_upload};
use crate::{
    entries::{Shown, author, encounter, not_ahead},
    refused::{Busy, not_written},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnnounceImageRequest {
    /// The encounter that it belongs to.
    #[schema(value_type = Option<EncounterId>)]
    encounter_id: Option<String>,
    #[schema(value_type = Title)]
    title: Option<String>,
    #[schema(value_type = Modality)]
    modality: Option<String>,
    /// When it was made. Not in the future.
    #[schema(value_type = String, format = Date)]
    taken_on: Option<String>,
    /// What can be seen.
    #[schema(value_type = Option<Reason>)]
    finding: Option<String>,
    /// The exact size of the PDF file in bytes.
    #[schema(value_type = u64, minimum = 1, maximum = 50_000_000)]
    size: Option<i64>,
    /// The file's SHA-256 digest, in base64.
    #[schema(value_type = Sha256)]
    sha256: Option<String>,
}

/// An image, and where its file is uploaded to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnnouncedImage {
    image: ImageView,
    upload: LinkView,
}

/// Announce an image
///
/// The answer has a link that takes a PDF file of exactly this size and digest for ten minutes, at most 50 MB. Upload the file, then call
/// `complete`. An image whose file does not come within a day is forgotten.
#[utoipa::path(post, path = "/patients/{patient_id}/images", tag = "medical record", operation_id = "announce_image",
    request_body = AnnounceImageRequest, params(("patient_id" = PatientId, Path)),
    responses((status = 201, body = Created<AnnouncedImage>, description = "Announced"), Busy))]
pub(crate) async fn announce(
    State(state): State<AppState>,
    State(documents): State<Documents>,
    access: PatientAccess,
    Json(request): Json<AnnounceImageRequest>,
) -> Result<Created<AnnouncedImage>, Problem> {
    let mut fields = Fields::default();
    let encounter_id = fields.optional("encounter_id", request.encounter_id, |id| id.parse());
    let title = fields.required("title", request.title, |text| Title::parse(&text));
    let modality = fields.required("modality", request.modality, |text| Modality::parse(&text));
    let taken_on = fields.required("taken_on", request.taken_on, |day| not_ahead(parse_date(&day)?, &access, &state));
    let finding = fields.optional("finding", request.finding, |text| Reason::parse(&text));
    let size = fields.required("size", request.size, file_size);
    let sha256 = fields.required("sha256", request.sha256, |text| Sha256::parse(&text));
    let (Some(encounter_id), Some(title), Some(modality), Some(taken_on), Some(finding), Some(size), Some(sha256)) =
        (encounter_id, title, modality, taken_on, finding, size, sha256)
    else {
        return Err(fields.problem());
    };
    let encounter_id = encounter(&state, access.patient.id, encounter_id).await?;
    let (id, author) = (ImageId::new(state.clock.now(), state.random.u128()?), author(&state, &access));
    let (status, rejected_because) = (ImageStatus::AwaitingUpload, None);
    let upload_until = author.at.saturating_add(UPLOAD_WITHIN).unwrap_or(author.at);
    let content = Image { title, modality, taken_on, finding, size, sha256, status, upload_until, rejected_because };
    let entry = Entry::new(id, access.patient.id, encounter_id, author, content);
    let upload = link_to_upload(&entry, &documents, &state).await?;
    state.store.record_add(&entry).await.map_err(not_written)?;
    let location = format!("/patients/{}/images/{id}", access.patient.id);
    Ok(Created { location, version: entry.version, body: AnnouncedImage { image: Image::view(entry, &state), upload } })
}
