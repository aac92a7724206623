//! `POST /patients/{patient_id}/lab-orders/{id}/amend`: a released result was wrong.

use axum::extract::State;
use domain::{
    id::{LabOrderId, LabReportId, PatientId},
    lab_order::LabOrderStep,
    text::{Narrative, Reason},
};
use http::{AppState, Fields, Json, Problem, RequiredIfMatch, Versioned};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    LabOrderView,
    entered::{EnteredBody, ValueBody},
    result::enter,
};
use crate::{authority::OfOrder, refused::NotStepped};

/// Everything that the result says now, and why it is amended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AmendRequest {
    /// Why. The doctor and the patient can read it.
    #[schema(value_type = Reason)]
    reason: Option<String>,
    /// Every value of the test, once.
    #[schema(value_type = Vec<ValueBody>, min_items = 1, max_items = 40)]
    values: Option<Vec<ValueBody>>,
    /// What the laboratory says about them.
    #[schema(value_type = Option<Narrative>)]
    comment: Option<String>,
    /// A report of this order that was uploaded and checked, or the one that the result has until now.
    #[schema(value_type = Option<LabReportId>)]
    report_id: Option<String>,
}

/// Amend a released result
///
/// Both see the new values at once, so that nobody goes by a wrong one any longer; nobody verifies them first. What they replace stays in the history
/// of the result. It has the values that the result had, with what was usual then. The doctor and the patient get an email.
#[utoipa::path(post, path = "/patients/{patient_id}/lab-orders/{id}/amend", tag = "lab orders", operation_id = "amend_lab_result",
    params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path), RequiredIfMatch), request_body = AmendRequest,
    responses((status = 200, body = Versioned<LabOrderView>), NotStepped))]
pub(crate) async fn amend(
    State(state): State<AppState>,
    of: OfOrder,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(request): Json<AmendRequest>,
) -> Result<Versioned<LabOrderView>, Problem> {
    let mut fields = Fields::default();
    let reason = fields.required("reason", request.reason, |text| Reason::parse(&text));
    let Some(reason) = reason else { return Err(fields.problem()) };
    of.must_be(version)?;
    let body = EnteredBody { values: request.values, comment: request.comment, report_id: request.report_id };
    enter(&of, LabOrderStep::Amend, Some(reason), body, &state).await
}
