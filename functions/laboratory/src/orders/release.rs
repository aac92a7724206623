//! `POST /patients/{patient_id}/lab-orders/{id}/release`: let the patient see a result.

use axum::extract::State;
use domain::{
    critical_result::Gone,
    id::{LabOrderId, PatientId},
    lab_order::LabOrderStep,
    record::lab_result::{LabResult, OfOrder as ResultOf, ResultStage},
    turnaround::Turnaround,
};
use http::{AppState, NoBody, Problem, RequiredIfMatch, Versioned};
use store::medical_record::Resulting;

use super::{LabOrderView, written_with_result};
use crate::{
    authority::OfOrder,
    refused::{NotStepped, not_taken},
};

/// Release a verified result
///
/// The patient sees it from then on, and gets an email that says that it is there, not what it is. Where a value was critical before it was
/// entered again, the doctors learn now that it is not.
#[utoipa::path(post, path = "/patients/{patient_id}/lab-orders/{id}/release", tag = "lab orders", operation_id = "release_lab_result",
    params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<LabOrderView>), NotStepped))]
pub(crate) async fn release(
    State(state): State<AppState>,
    of: OfOrder,
    RequiredIfMatch(version): RequiredIfMatch,
    _: NoBody,
) -> Result<Versioned<LabOrderView>, Problem> {
    of.must_be(version)?;
    let before = &of.order;
    let after = before.clone().take(of.step(LabOrderStep::Release, None, &state)).map_err(not_taken)?;
    let id = before.result_id.ok_or_else(|| Problem::not_found("result"))?;
    let earlier = state.store.record_entry::<LabResult>(of.patient.id, id).await?.ok_or_else(|| Problem::not_found("result"))?;
    let report_id = earlier.content.order.as_ref().and_then(|order| order.report_id);
    let order = Some(ResultOf { id: before.listed.id, stage: ResultStage::Final, report_id });
    let result = earlier.changed(of.author(&state), None, LabResult { order, ..earlier.content.clone() });
    let told = state.store.critical_result(of.patient.id, before.listed.id).await?.filter(|_| !result.content.found.is_critical());
    let corrected = told.as_ref().and_then(|told| told.no_longer(Gone::Corrected, result.version, result.author.at));
    let turnaround = Turnaround::of(&after, result.author.at, &state.hospital.zone);
    let step = Resulting {
        order: (before, &after),
        earlier: Some(&earlier),
        result: &result,
        test: None,
        critical: corrected.as_ref().zip(told.as_ref().map(|told| told.version)),
        turnaround: turnaround.as_ref(),
    };
    written_with_result(&of, step, &state).await
}
