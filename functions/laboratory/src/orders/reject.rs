//! `POST /patients/{patient_id}/lab-orders/{id}/reject`: a specimen cannot be used.

use axum::extract::State;
use domain::{
    critical_result::Gone,
    id::{LabOrderId, LabResultId, PatientId},
    lab_order::{LabOrder, LabOrderStep},
    record::{
        lab_result::LabResult,
        prescription::{LabTest, LabTestStatus},
    },
    text::Reason,
};
use http::{AppState, Fields, Json, Problem, RequiredIfMatch, Versioned};
use serde::Deserialize;
use store::medical_record::Resulting;
use utoipa::ToSchema;

use super::{LabOrderView, due, prescription, written, written_with_result};
use crate::{
    authority::OfOrder,
    refused::{NotStepped, not_taken},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RejectRequest {
    /// Why: `haemolysed`, `not labelled`. The patient can read it.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Reject a specimen
///
/// The order waits for another one. What was entered before the release, perhaps of a specimen of somebody else, is taken out of view and stays in its
/// history. The patient gets an email; of somebody in the hospital, the doctor does.
#[utoipa::path(post, path = "/patients/{patient_id}/lab-orders/{id}/reject", tag = "lab orders", operation_id = "reject_specimen",
    params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path), RequiredIfMatch), request_body = RejectRequest,
    responses((status = 200, body = Versioned<LabOrderView>), NotStepped))]
pub(crate) async fn reject(
    State(state): State<AppState>,
    of: OfOrder,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(request): Json<RejectRequest>,
) -> Result<Versioned<LabOrderView>, Problem> {
    let mut fields = Fields::default();
    let reason = fields.required("reason", request.reason, |text| Reason::parse(&text));
    let Some(reason) = reason else { return Err(fields.problem()) };
    of.must_be(version)?;
    let after = of.order.clone().take(of.step(LabOrderStep::Reject, Some(reason.clone()), &state)).map_err(not_taken)?;
    let after = due(after, &state).await?;
    match of.order.result_id {
        Some(result) => without_result(&of, after, result, reason, &state).await,
        None => written(&of, after, &state).await,
    }
}

/// Takes the result out of view. The prescription waits again, and nothing of it is critical any more.
async fn without_result(
    of: &OfOrder,
    after: LabOrder,
    result: LabResultId,
    reason: Reason,
    state: &AppState,
) -> Result<Versioned<LabOrderView>, Problem> {
    let (store, patient, author) = (&state.store, of.patient.id, of.author(state));
    let earlier = store.record_entry::<LabResult>(patient, result).await?.ok_or_else(|| Problem::not_found("result"))?;
    let result = earlier.entered_in_error(author.clone(), reason);
    let again = prescription(of, state).await?.filter(|entry| entry.content.status == LabTestStatus::Resulted).map(|entry| {
        let content = LabTest { status: LabTestStatus::Ordered, ..entry.content.clone() };
        (entry.changed(author.clone(), None, content), entry)
    });
    let told = store.critical_result(patient, of.order.listed.id).await?;
    let withdrawn = told.as_ref().and_then(|told| told.no_longer(Gone::Withdrawn, result.version, author.at));
    let step = Resulting {
        order: (&of.order, &after),
        earlier: Some(&earlier),
        result: &result,
        test: again.as_ref().map(|(after, before)| (before, after)),
        critical: withdrawn.as_ref().zip(told.as_ref().map(|told| told.version)),
        turnaround: None,
    };
    written_with_result(of, step, state).await
}
