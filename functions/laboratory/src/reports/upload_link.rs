//! `POST /patients/{patient_id}/lab-orders/{id}/report/upload-link`: another link to upload a report.

use axum::extract::State;
use documents::Documents;
use domain::id::{LabOrderId, PatientId};
use http::{AppState, Json, LinkView, NoBody, Problem, refusals};

use super::{NotAwaited, link_to_upload, must_be_awaited, upload};
use crate::authority::OfOrder;

refusals! {
    pub(crate) Available {
        409 "already_available",
    }
}

/// Get another link to upload a report
///
/// For ten minutes, for the same file.
#[utoipa::path(post, path = "/patients/{patient_id}/lab-orders/{id}/report/upload-link", tag = "lab orders",
    operation_id = "get_lab_report_upload_link", params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path)),
    responses((status = 200, body = LinkView), NotAwaited, Available))]
pub(crate) async fn upload_link(
    State(state): State<AppState>,
    State(documents): State<Documents>,
    of: OfOrder,
    _: NoBody,
) -> Result<Json<LinkView>, Problem> {
    let announced = upload(&of.order)?;
    must_be_awaited(announced, &state)?;
    Ok(Json(link_to_upload(announced, &documents, &state).await?))
}
