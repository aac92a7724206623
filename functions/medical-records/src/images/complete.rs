//! `POST /patients/{patient_id}/images/{id}/complete`: the file was uploaded.

use axum::extract::State;
use documents::{Documents, Found};
use domain::{
    id::{ImageId, PatientId},
    record::{Entry, image::ImageStatus},
};
use http::{AppState, NoBody, Path, Problem, Versioned, auth::PatientAccess, file_rejected, refusals};
use store::medical_record::RecordError;

use super::{Image, ImageView, NotAwaited, announced, must_be_awaited};
use crate::{
    entries::{author, load, shown},
    refused::{Busy, not_reached, not_written},
};

refusals! {
    pub(crate) NotUploaded {
        409 "not_uploaded",
    }
}

/// Complete the upload of an image
///
/// Reads the file: its size, its digest, and whether it is a whole PDF. From the answer on, everybody who may sees the image. A file that is
/// something else is deleted, and the answer says what is wrong with it.
#[utoipa::path(post, path = "/patients/{patient_id}/images/{id}/complete", tag = "medical record", operation_id = "complete_image",
    params(("patient_id" = PatientId, Path), ("id" = ImageId, Path)),
    responses((status = 200, body = Versioned<ImageView>), NotUploaded, NotAwaited, Busy))]
pub(crate) async fn complete(
    State(state): State<AppState>,
    State(documents): State<Documents>,
    access: PatientAccess,
    Path(id): Path<ImageId>,
    _: NoBody,
) -> Result<Versioned<ImageView>, Problem> {
    let before = load::<Image>(&state, &access, id).await?;
    if before.content.status == ImageStatus::Available {
        // The answer to an earlier call was lost.
        return Ok(shown(before, &state));
    }
    must_be_awaited(&before, &state)?;
    let (status, rejected_because) = match documents.check(&id.to_string(), &announced(&before.content)).await.map_err(not_reached)? {
        Found::Nothing => {
            let detail = "Nothing has been uploaded. Send the file to the link, or ask for another link.";
            return Err(Problem::conflict("not_uploaded", detail));
        }
        Found::Rejected(why) => (ImageStatus::Rejected, Some(why)),
        Found::Kept => (ImageStatus::Available, None),
    };
    let content = Image { status, rejected_because, ..before.content.clone() };
    let after = before.changed(author(&state, &access), None, content);
    let after = written(&state, &access, &before, after).await?;
    match after.content.rejected_because {
        Some(why) => Err(file_rejected(why)),
        None => Ok(shown(after, &state)),
    }
}

/// Writes what was found. Of two calls at the same moment, the other one may have written it.
async fn written(state: &AppState, access: &PatientAccess, before: &Entry<Image>, after: Entry<Image>) -> Result<Entry<Image>, Problem> {
    match state.store.record_change(before, &after).await {
        Ok(()) => Ok(after),
        Err(RecordError::Stale) => {
            let now = load::<Image>(state, access, before.id).await?;
            if now.content.status == ImageStatus::AwaitingUpload { Err(Problem::stale()) } else { Ok(now) }
        }
        Err(why) => Err(not_written(why)),
    }
}
