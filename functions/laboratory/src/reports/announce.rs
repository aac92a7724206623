//! `POST /patients/{patient_id}/lab-orders/{id}/report`: a report is going to be uploaded.

use axum::extract::State;
use documents::Documents;
use domain::{
    id::{LabOrderId, LabReportId, PatientId},
    lab_order::{LabOrderStatus, NotTaken, Upload},
    record::image::{ImageStatus, Sha256, UPLOAD_WITHIN},
};
use http::{AppState, Created, Fields, Json, LinkView, Problem, file_size};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{NotNow, link_to_upload};
use crate::{
    authority::OfOrder,
    orders::UploadView,
    refused::{not_taken, overtaken},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnnounceReportRequest {
    /// The exact size of the PDF file in bytes.
    #[schema(value_type = u64, minimum = 1, maximum = 50_000_000)]
    size: Option<i64>,
    /// The file's SHA-256 digest, in base64.
    #[schema(value_type = Sha256)]
    sha256: Option<String>,
}

/// A report, and where its file is uploaded to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnnouncedReport {
    report: UploadView,
    upload: LinkView,
}

/// Announce a report
///
/// The answer has a link that takes a PDF file of exactly this size and digest for ten minutes, at most 50 MB. Upload the file, then call `complete`,
/// then name the report when you enter or amend the result. A report that was announced before and not named is forgotten.
#[utoipa::path(post, path = "/patients/{patient_id}/lab-orders/{id}/report", tag = "lab orders", operation_id = "announce_lab_report",
    params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path)), request_body = AnnounceReportRequest,
    responses((status = 201, body = Created<AnnouncedReport>, description = "Announced"), NotNow))]
pub(crate) async fn announce(
    State(state): State<AppState>,
    State(documents): State<Documents>,
    of: OfOrder,
    Json(request): Json<AnnounceReportRequest>,
) -> Result<Created<AnnouncedReport>, Problem> {
    use LabOrderStatus::{InProgress, Released, Resulted, Verified};
    let mut fields = Fields::default();
    let size = fields.required("size", request.size, file_size);
    let sha256 = fields.required("sha256", request.sha256, |text| Sha256::parse(&text));
    let (Some(size), Some(sha256)) = (size, sha256) else { return Err(fields.problem()) };
    let status = of.order.listed.status;
    if !matches!(status, InProgress | Resulted | Verified | Released) {
        return Err(not_taken(NotTaken::Status(status)));
    }
    let now = state.clock.now();
    let upload_until = now.saturating_add(UPLOAD_WITHIN).unwrap_or(now);
    let id = LabReportId::new(now, state.random.u128()?);
    let upload = Upload { id, size, sha256, status: ImageStatus::AwaitingUpload, upload_until, rejected_because: None };
    let link = link_to_upload(&upload, &documents, &state).await?;
    let mut after = of.order.clone();
    (after.upload, after.version) = (Some(upload.clone()), of.order.version + 1);
    if !state.store.lab_order_change(&of.order, &after).await? {
        return Err(overtaken(&state, &of.order).await);
    }
    let location = format!("/patients/{}/lab-orders/{}", of.patient.id, of.order.listed.id);
    let body = AnnouncedReport { report: UploadView::of(&upload, &state), upload: link };
    Ok(Created { location, version: after.version, body })
}
