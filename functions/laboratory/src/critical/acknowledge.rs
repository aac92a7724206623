//! `POST /patients/{patient_id}/lab-orders/{id}/acknowledge`: a doctor knows of a critical result.

use axum::{extract::State, http::StatusCode};
use domain::{
    critical_result::{Acknowledgement, CriticalResult, Gone},
    id::{LabOrderId, PatientId},
    instant::Instant,
    lab_order::Side,
    text::Reason,
};
use http::{AppState, Fields, Json, Problem, refusals, whole};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::authority::OfOrder;

refusals! {
    pub(crate) NotAcknowledged {
        409 "not_critical",
        409 "already_acknowledged" { acknowledged_at: Instant },
        409 "corrected" { since: Instant },
        409 "withdrawn" { since: Instant },
        409 "result_changed" { result_version: u64 },
        409 "try_again",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcknowledgeRequest {
    /// The version of the result that you have read.
    #[schema(value_type = u64, minimum = 1, maximum = 2_147_483_647)]
    result_version: Option<i64>,
    /// What is done about it.
    #[schema(value_type = Option<Reason>)]
    note: Option<String>,
}

/// Acknowledge a critical result
///
/// By a doctor who treats the patient, or one who is on duty. Nobody else is told of it then. A result that is entered or amended with a critical
/// value has to be acknowledged anew.
#[utoipa::path(post, path = "/patients/{patient_id}/lab-orders/{id}/acknowledge", tag = "lab orders", operation_id = "acknowledge_critical_result",
    params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path)), request_body = AcknowledgeRequest,
    responses((status = 204, description = "Acknowledged"), NotAcknowledged))]
pub(crate) async fn acknowledge(
    State(state): State<AppState>,
    of: OfOrder,
    Json(request): Json<AcknowledgeRequest>,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::default();
    let note = fields.optional("note", request.note, |text| Reason::parse(&text));
    let read = fields.required("result_version", request.result_version, |version| whole::<u64>(version, 1, i64::from(i32::MAX)));
    let (Some(note), Some(read)) = (note, read) else { return Err(fields.problem()) };
    if of.side == Side::Patient {
        return Err(Problem::forbidden("Another doctor has to do this: the result is yours, or that of somebody for whom you act."));
    }
    let (patient, order) = (of.patient.id, of.order.listed.id);
    let before = state.store.critical_result(patient, order).await?;
    let before = before.ok_or_else(|| Problem::conflict("not_critical", "No value of this order is or was critical."))?;
    must_be_open(&before, read, &state)?;
    let author = of.author(&state);
    let acknowledged = Some(Acknowledgement { at: author.at, by: author.by, name: author.name, note });
    let after = CriticalResult { acknowledged, version: before.version + 1, ..before.clone() };
    if state.store.critical_result_change(&before, &after).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    // Somebody else did at this moment, or the values have changed.
    if let Some(now) = state.store.critical_result(patient, order).await? {
        must_be_open(&now, read, &state)?;
    }
    Err(Problem::conflict("try_again", "Others have changed this at this moment. Read it again."))
}

/// Refuses what nobody has to acknowledge any more, and values that the caller has not read.
fn must_be_open(critical: &CriticalResult, read: u64, state: &AppState) -> Result<(), Problem> {
    if let Some((why, at)) = critical.gone {
        let (code, detail) = match why {
            Gone::Corrected => ("corrected", "The laboratory has corrected this result: no value is critical any more."),
            Gone::Withdrawn => ("withdrawn", "The laboratory has rejected the specimen: there is no result, and the values do not count."),
        };
        return Err(Problem::conflict(code, detail).with("since", state.hospital.instant(at)));
    }
    if let Some(acknowledged) = &critical.acknowledged {
        let detail = "A doctor has acknowledged this critical result already.";
        return Err(Problem::conflict("already_acknowledged", detail).with("acknowledged_at", state.hospital.instant(acknowledged.at)));
    }
    if read < critical.result_version {
        let detail = "The values have changed since you read them. Read the result again.";
        return Err(Problem::conflict("result_changed", detail).with("result_version", critical.result_version));
    }
    Ok(())
}
