//! `GET /patients/{patient_id}/lab-orders/{id}/report/download-link`: where the uploaded report can be downloaded.

use axum::extract::State;
use documents::Documents;
use domain::{
    id::{LabOrderId, PatientId},
    record::image::DOWNLOAD_LINK,
};
use http::{AppState, Json, LinkMethod, LinkView, Problem};

use crate::{authority::OfOrder, orders::get::seen, refused::not_reached};

/// Get a link to download the uploaded report
///
/// Of the result as it is now. It works for five minutes, for whoever has it: do not pass it on. A result without an uploaded report has `report.pdf`
/// only.
#[utoipa::path(get, path = "/patients/{patient_id}/lab-orders/{id}/report/download-link", tag = "lab orders",
    operation_id = "get_lab_report_download_link", params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path)),
    responses((status = 200, body = LinkView)))]
pub(crate) async fn download_link(
    State(state): State<AppState>,
    State(documents): State<Documents>,
    of: OfOrder,
) -> Result<Json<LinkView>, Problem> {
    let missing = || Problem::not_found("report");
    let result = seen(&of, &state).await?.ok_or_else(missing)?;
    let report = result.content.order.and_then(|order| order.report_id).ok_or_else(missing)?;
    let name = format!("laboratory-report-{}.pdf", state.hospital.zone.to_datetime(result.content.taken_at).date());
    let link = documents.download_link(&report.to_string(), &name, DOWNLOAD_LINK.unsigned_abs()).await.map_err(not_reached)?;
    Ok(Json(LinkView::of(LinkMethod::Get, link.url, link.headers, DOWNLOAD_LINK, &state)))
}
