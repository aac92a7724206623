//! `POST /patients/{patient_id}/lab-orders/{id}/report/complete`: the file was uploaded.

use axum::extract::State;
use documents::{Documents, Found};
use domain::{
    id::{LabOrderId, PatientId},
    lab_order::Upload,
    record::image::ImageStatus,
};
use http::{AppState, Json, NoBody, Problem, file_rejected, refusals};

use super::{NotAwaited, NotNow, announced, must_be_awaited, upload};
use crate::{
    authority::OfOrder,
    orders::UploadView,
    refused::{not_reached, overtaken},
};

refusals! {
    pub(crate) NotUploaded {
        409 "not_uploaded",
    }
}

/// Complete the upload of a report
///
/// Reads the file: its size, its digest, and whether it is a whole PDF. A file that is something else is deleted, and the answer says what is wrong
/// with it.
#[utoipa::path(post, path = "/patients/{patient_id}/lab-orders/{id}/report/complete", tag = "lab orders", operation_id = "complete_lab_report",
    params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path)),
    responses((status = 200, body = UploadView), NotUploaded, NotAwaited, NotNow))]
pub(crate) async fn complete(
    State(state): State<AppState>,
    State(documents): State<Documents>,
    of: OfOrder,
    _: NoBody,
) -> Result<Json<UploadView>, Problem> {
    let before = upload(&of.order)?;
    if before.status == ImageStatus::Available {
        // The answer to an earlier call was lost.
        return Ok(Json(UploadView::of(before, &state)));
    }
    must_be_awaited(before, &state)?;
    let (status, rejected_because) = match documents.check(&before.id.to_string(), &announced(before)).await.map_err(not_reached)? {
        Found::Nothing => {
            let detail = "Nothing has been uploaded. Send the file to the link, or ask for another link.";
            return Err(Problem::conflict("not_uploaded", detail));
        }
        Found::Rejected(why) => (ImageStatus::Rejected, Some(why)),
        Found::Kept => (ImageStatus::Available, None),
    };
    let checked = Upload { status, rejected_because, ..before.clone() };
    let mut after = of.order.clone();
    (after.upload, after.version) = (Some(checked.clone()), of.order.version + 1);
    if !state.store.lab_order_change(&of.order, &after).await? {
        return Err(overtaken(&state, &of.order).await);
    }
    match rejected_because {
        Some(why) => Err(file_rejected(why)),
        None => Ok(Json(UploadView::of(&checked, &state))),
    }
}
