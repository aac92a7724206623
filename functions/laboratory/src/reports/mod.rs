//! Reports of results: PDF files that the laboratory uploads, and one that is made from the values.

pub(crate) mod announce;
pub(crate) mod complete;
pub(crate) mod download_link;
pub(crate) mod generate;
pub(crate) mod upload_link;

use documents::{Announced, Documents};
use domain::{
    lab_order::{LabOrder, LabOrderStatus, Upload},
    record::image::{ImageStatus, Rejection, UPLOAD_LINK},
};
use http::{AppState, LinkMethod, LinkView, Problem, file_rejected, refusals};

use crate::refused::not_reached;

refusals! {
    pub(crate) NotAwaited {
        409 "file_rejected" { because: Rejection },
        409 "upload_over",
    }
    pub(crate) NotNow {
        409 "wrong_status" { current_status: LabOrderStatus },
        409 "try_again",
    }
}

fn announced(upload: &Upload) -> Announced {
    Announced { size: upload.size, sha256: upload.sha256.clone() }
}

/// A new link to upload the file.
async fn link_to_upload(upload: &Upload, documents: &Documents, state: &AppState) -> Result<LinkView, Problem> {
    let link = documents.upload_link(&upload.id.to_string(), &announced(upload), UPLOAD_LINK.unsigned_abs()).await.map_err(not_reached)?;
    Ok(LinkView::of(LinkMethod::Put, link.url, link.headers, UPLOAD_LINK, state))
}

/// The report that was announced for an order.
fn upload(order: &LabOrder) -> Result<&Upload, Problem> {
    order.upload.as_ref().ok_or_else(|| Problem::not_found("report"))
}

/// The file of a report is still awaited.
fn must_be_awaited(upload: &Upload, state: &AppState) -> Result<(), Problem> {
    match upload.status {
        ImageStatus::Available => Err(Problem::conflict("already_available", "The file was uploaded and checked already.")),
        ImageStatus::Rejected => Err(file_rejected(upload.rejected_because.unwrap_or(Rejection::NotAPdf))),
        ImageStatus::AwaitingUpload if state.clock.now() >= upload.upload_until => {
            Err(Problem::conflict("upload_over", "The file was not uploaded within a day. Announce the report again."))
        }
        ImageStatus::AwaitingUpload => Ok(()),
    }
}
