//! Images, as PDF files. A client uploads and downloads them itself, by links that work for a short time.

pub(crate) mod announce;
pub(crate) mod complete;
pub(crate) mod download_link;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod upload_link;

use documents::{Announced, Documents};
use domain::{
    id::ImageId,
    record::{
        Entry,
        image::{ImageStatus, Modality, Rejection, Sha256, UPLOAD_LINK},
    },
    text::{Reason, Title},
};
use http::{AppState, LinkMethod, LinkView, Problem, auth::PatientAccess, file_rejected, refusals};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use domain::record::image::Image;

use crate::{
    entries::{EntryHead, Shown, head},
    refused::not_reached,
};

refusals! {
    pub(crate) NotAwaited {
        409 "file_rejected" { because: Rejection },
        409 "upload_over",
    }
}

/// What is known of an image.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImageView {
    id: ImageId,
    status: ImageStatus,
    title: Title,
    modality: Modality,
    #[schema(value_type = String, format = Date)]
    taken_on: Date,
    /// What can be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<Reason>,
    /// The size of the file in bytes.
    size: u64,
    /// The file's SHA-256 digest, in base64.
    sha256: Sha256,
    /// Why the file was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_because: Option<Rejection>,
    #[serde(flatten)]
    head: EntryHead,
}

impl Shown for Image {
    type View = ImageView;
    const PATH: &'static str = "images";

    fn view(entry: Entry<Self>, state: &AppState) -> ImageView {
        let (head, content) = (head(&entry, state), entry.content);
        let Self { title, modality, taken_on, finding, size, sha256, status, rejected_because, .. } = content;
        ImageView { id: entry.id, status, title, modality, taken_on, finding, size, sha256, rejected_because, head }
    }

    fn is_seen_by(entry: &Entry<Self>, access: &PatientAccess) -> bool {
        !access.is_patient() || entry.content.status == ImageStatus::Available
    }
}

fn announced(image: &Image) -> Announced {
    Announced { size: image.size, sha256: image.sha256.clone() }
}

/// A new link to upload the file.
async fn link_to_upload(image: &Entry<Image>, documents: &Documents, state: &AppState) -> Result<LinkView, Problem> {
    let link = documents.upload_link(&image.id.to_string(), &announced(&image.content), UPLOAD_LINK.unsigned_abs()).await;
    let link = link.map_err(not_reached)?;
    Ok(LinkView::of(LinkMethod::Put, link.url, link.headers, UPLOAD_LINK, state))
}

/// The file of an image is still awaited.
fn must_be_awaited(image: &Entry<Image>, state: &AppState) -> Result<(), Problem> {
    match image.content.status {
        ImageStatus::Available => Err(Problem::conflict("already_available", "The file was uploaded and checked already.")),
        ImageStatus::Rejected => Err(file_rejected(image.content.rejected_because.unwrap_or(Rejection::NotAPdf))),
        ImageStatus::AwaitingUpload if state.clock.now() >= image.content.upload_until => {
            Err(Problem::conflict("upload_over", "The file was not uploaded within a day. Announce the image again."))
        }
        ImageStatus::AwaitingUpload => Ok(()),
    }
}
