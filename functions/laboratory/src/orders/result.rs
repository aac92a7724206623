//! `POST /patients/{patient_id}/lab-orders/{id}/result`: enter what was found.

use axum::extract::State;
use domain::{
    critical_result::{CriticalResult, Gone},
    id::{LabOrderId, LabResultId, PatientId},
    lab_order::LabOrderStep,
    record::{
        Entry,
        lab_result::{LabResult, OfOrder as ResultOf, ResultStage},
        prescription::{LabTest, LabTestStatus},
    },
    text::Reason,
};
use http::{AppState, Fields, Json, Problem, RequiredIfMatch, Versioned};
use store::medical_record::Resulting;

use super::{
    LabOrderView,
    entered::{Entered, EnteredBody, expected},
    prescription, written_with_result,
};
use crate::{
    authority::OfOrder,
    refused::{NotStepped, not_taken},
};

/// Enter a result
///
/// Every value of the test, in its unit. The doctors see it from then on, as preliminary; a critical value is told to the doctor who ordered the test
/// at once. Entered again before the release, it has to be verified again; a critical value stays to be acknowledged until a result without one is released.
/// What was entered before is kept. Begin with `start`.
#[utoipa::path(post, path = "/patients/{patient_id}/lab-orders/{id}/result", tag = "lab orders", operation_id = "enter_lab_result",
    params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path), RequiredIfMatch), request_body = EnteredBody,
    responses((status = 200, body = Versioned<LabOrderView>), NotStepped))]
pub(crate) async fn result(
    State(state): State<AppState>,
    of: OfOrder,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(body): Json<EnteredBody>,
) -> Result<Versioned<LabOrderView>, Problem> {
    of.must_be(version)?;
    enter(&of, LabOrderStep::Result, None, body, &state).await
}

/// Writes a result or an amendment, with all that follows from it.
pub(super) async fn enter(
    of: &OfOrder,
    step: LabOrderStep,
    reason: Option<Reason>,
    body: EnteredBody,
    state: &AppState,
) -> Result<Versioned<LabOrderView>, Problem> {
    let (store, patient, before) = (&state.store, of.patient.id, &of.order);
    let mut after = before.clone().take(of.step(step, reason.clone(), state)).map_err(not_taken)?;
    let test = store.offered_test(before.laboratory_id, before.test_id).await?.ok_or_else(|| Problem::not_found("test"))?;
    let author = of.author(state);
    let taken_at = before.taken_at.unwrap_or(author.at);
    let earlier = match before.result_id {
        Some(id) => store.record_entry::<LabResult>(patient, id).await?,
        None => None,
    };
    let amended = earlier.as_ref().filter(|_| step == LabOrderStep::Amend).map(|earlier| &earlier.content.found);
    let expected = expected(&test, amended, &of.patient, state.hospital.zone.to_datetime(taken_at).date());
    let mut fields = Fields::default();
    let kept = earlier.as_ref().and_then(|earlier| earlier.content.order.as_ref()).and_then(|order| order.report_id);
    let entered = body.parse(&expected, before, kept, &mut fields);
    let Some(Entered { found, report_id }) = entered.filter(|_| fields.is_empty()) else { return Err(fields.problem()) };
    if amended.is_some_and(|amended| *amended == found) && report_id == kept {
        let detail = "The result says this already. An amendment has another value, comment or report.";
        return Err(Problem::invalid_field("values", "nothing_changed", detail));
    }
    let critical = found.is_critical();
    let how_far = if step == LabOrderStep::Amend { ResultStage::Amended } else { ResultStage::Preliminary };
    let content = LabResult {
        name: before.listed.test.clone(),
        loinc: before.loinc.clone(),
        found,
        taken_at,
        laboratory: Some(before.laboratory.clone()),
        lab_test_id: before.prescription_id,
        image_id: None,
        order: Some(ResultOf { id: before.listed.id, stage: how_far, report_id }),
        patient_name: of.patient.name.clone(),
        doctor_id: Some(before.doctor_id),
        // Whoever looked at it before looks again.
        reviewed: None,
    };
    let result = match &earlier {
        Some(earlier) => earlier.changed(author.clone(), reason, content),
        None => Entry::new(LabResultId::new(author.at, state.random.u128()?), patient, None, author.clone(), content),
    };
    after.result_id = Some(result.id);
    if report_id.is_some() && report_id != kept {
        // It is that of this result, and of no other one.
        after.upload = None;
    }
    let answered = prescription(of, state).await?.filter(|entry| entry.content.status == LabTestStatus::Ordered).map(|entry| {
        let content = LabTest { status: LabTestStatus::Resulted, ..entry.content.clone() };
        (entry.changed(author.clone(), None, content), entry)
    });
    let told = store.critical_result(patient, before.listed.id).await?;
    let alert = match &told {
        told if critical => Some(CriticalResult::of(&after, (result.id, result.version), author.at, told.as_ref())),
        // Before the release, a second person agrees first that no value is critical any more.
        Some(told) if step == LabOrderStep::Amend => told.no_longer(Gone::Corrected, result.version, author.at),
        _ => None,
    };
    let step = Resulting {
        order: (before, &after),
        earlier: earlier.as_ref(),
        result: &result,
        test: answered.as_ref().map(|(after, before)| (before, after)),
        critical: alert.as_ref().map(|alert| (alert, told.as_ref().map_or(0, |told| told.version))),
        turnaround: None,
    };
    written_with_result(of, step, state).await
}
