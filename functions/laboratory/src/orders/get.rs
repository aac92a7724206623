//! `GET /patients/{patient_id}/lab-orders/{id}`: one order, with its result and what a laboratory needs to know of the patient.

use axum::extract::State;
use domain::{
    critical_result::{CriticalResult, CriticalState},
    id::{LabOrderId, LabReportId, LabResultId, PatientId, UserId},
    instant::Instant,
    lab_order::{LabOrderStep, Side},
    patient::{DateOfBirth, Gender},
    record::{
        Entry,
        lab_result::{Found, LabResult, ResultStage},
        vitals::Flag,
    },
    text::{Narrative, PersonName, Reason},
};
use http::{AppState, FindingView, Problem, Versioned};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ActorView, LabOrderView, view};
use crate::authority::OfOrder;

/// An order, whose it is, and its result.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LabOrderDetail {
    #[serde(flatten)]
    order: LabOrderView,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_of_birth: Option<DateOfBirth>,
    /// Of an estimated birth, only the year is known.
    date_of_birth_estimated: bool,
    gender: Gender,
    /// The result as it is now. For the patient, once it is released.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<ResultOfOrder>,
}

/// The result of an order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResultOfOrder {
    id: LabResultId,
    version: u64,
    stage: ResultStage,
    values: Vec<FindingView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<Narrative>,
    /// That of the value that has to be looked at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<Flag>,
    /// The report that the laboratory has uploaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    report_id: Option<LabReportId>,
    /// Who entered or amended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    entered_by: Option<ActorView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entered_at: Option<Instant>,
    /// Why it was amended.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// Whether a doctor has acknowledged a critical value of it. Absent when there was none, and for the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    critical: Option<CriticalState>,
    /// Who has acknowledged it. Not for the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged: Option<AcknowledgementView>,
}

/// That a doctor knows of a critical result.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AcknowledgementView {
    at: Instant,
    by: UserId,
    name: PersonName,
    /// What is done about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Reason>,
}

/// Read a lab order
///
/// With its result. Those who work in the laboratory see all that they need to examine the specimen, and to verify what somebody else has entered.
#[utoipa::path(get, path = "/patients/{patient_id}/lab-orders/{id}", tag = "lab orders", operation_id = "get_lab_order",
    params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path)), responses((status = 200, body = Versioned<LabOrderDetail>)))]
pub(crate) async fn get(State(state): State<AppState>, of: OfOrder) -> Result<Versioned<LabOrderDetail>, Problem> {
    let side = of.side;
    let result = match seen(&of, &state).await? {
        Some(entry) => Some(shown(entry, &of, &state).await?),
        None => None,
    };
    let Versioned { version, body: order } = view(of.order, side, &state);
    let patient = of.patient;
    let detail = LabOrderDetail {
        order,
        date_of_birth: patient.date_of_birth,
        date_of_birth_estimated: patient.date_of_birth_estimated,
        gender: patient.gender,
        result,
    };
    Ok(Versioned { version, body: detail })
}

/// The result, if there is one that the caller may see.
pub(crate) async fn seen(of: &OfOrder, state: &AppState) -> Result<Option<Entry<LabResult>>, Problem> {
    let Some(id) = of.order.result_id else { return Ok(None) };
    let entry = state.store.record_entry::<LabResult>(of.patient.id, id).await?;
    Ok(entry.filter(|entry| of.side != Side::Patient || entry.content.is_released()))
}

async fn shown(entry: Entry<LabResult>, of: &OfOrder, state: &AppState) -> Result<ResultOfOrder, Problem> {
    // How the doctors deal with it is theirs, and may tell of values that were never released.
    let critical = match of.side {
        Side::Patient => None,
        _ => state.store.critical_result(of.patient.id, of.order.listed.id).await?,
    };
    let state_of_it = critical.as_ref().map(CriticalResult::state);
    let acknowledged = critical.and_then(|critical| critical.acknowledged).map(|known| AcknowledgementView {
        at: state.hospital.instant(known.at),
        by: known.by,
        name: known.name,
        note: known.note,
    });
    let (flag, content) = (entry.content.found.flag(), entry.content);
    let (values, comment) = match content.found {
        Found::Panel { values, text } => (values.into_iter().map(FindingView::of).collect(), text),
        _ => (Vec::new(), None),
    };
    let entered = of.order.last(LabOrderStep::Amend).or_else(|| of.order.last(LabOrderStep::Result));
    Ok(ResultOfOrder {
        id: entry.id,
        version: entry.version,
        stage: content.order.as_ref().map_or(ResultStage::Final, |order| order.stage),
        values,
        comment,
        flag,
        report_id: content.order.and_then(|order| order.report_id),
        entered_by: entered.and_then(|taken| taken.by.clone()).map(ActorView::from),
        entered_at: entered.map(|taken| state.hospital.instant(taken.at)),
        reason: entered.and_then(|taken| taken.reason.clone()),
        critical: state_of_it,
        acknowledged,
    })
}
