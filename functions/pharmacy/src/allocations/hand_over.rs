//! `POST /patients/{patient_id}/allocations/{id}/hand-over`: the patient has come for it.

use axum::extract::State;
use domain::{
    allocation::{Allocation, AllocationEnd, AllocationStatus},
    id::{AllocationId, PatientId},
    instant::Instant,
    patient::Patient,
    record::{
        Summary,
        prescribing::{Hit, HitLevel, Override, check, unanswered},
        prescription::Medicine,
    },
    text::Reason,
};
use http::{Answer, AppState, Fields, Json, OverrideBody, Problem, Versioned, refusals, whole};
use serde::Deserialize;
use store::{StoreError, allocations::EndError, trail};
use utoipa::ToSchema;

use super::{AllocationView, view};
use crate::{
    authority::OfAllocation,
    refused::{HasEnded, has_ended, not_ended},
};

refusals! {
    pub(crate) NotHandedOver {
        409 "safety_stop" { hits: Vec<Hit> },
        409 "too_late" { collect_by: Instant },
        409 "deceased",
        409 "prescription_stopped",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandOverRequest {
    /// How many units the patient gets. When left out: all. The rest goes back to the stock and to the prescription.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    units: Option<i64>,
    /// Why less is handed over.
    #[schema(value_type = Option<Reason>)]
    reason: Option<String>,
    /// Why the medicine is right although something speaks against it.
    #[serde(rename = "override")]
    accepted: Option<OverrideBody>,
}

/// Hand over what is set aside
///
/// The allergies that the patient's record names now are checked once more. What the doctor has answered when it was prescribed stays answered. Read
/// the allocation first: it shows what was prescribed, and the allergies that the check can make nothing of.
#[utoipa::path(post, path = "/patients/{patient_id}/allocations/{id}/hand-over", tag = "dispensing", operation_id = "hand_over_allocation",
    params(("patient_id" = PatientId, Path), ("id" = AllocationId, Path)), request_body = HandOverRequest,
    responses((status = 200, body = Versioned<AllocationView>), NotHandedOver, HasEnded))]
pub(crate) async fn hand_over(
    State(state): State<AppState>,
    of: OfAllocation,
    Json(request): Json<HandOverRequest>,
) -> Result<Versioned<AllocationView>, Problem> {
    let (before, now, today) = (of.allocation, state.clock.now(), state.today());
    let all = before.listed.units();
    let mut fields = Fields::default();
    let units = fields.optional("units", request.units, |units| whole::<u32>(units, 1, all.into()));
    let reason = fields.optional("reason", request.reason, |text| Reason::parse(&text));
    let answer = match request.accepted {
        Some(body) => body.parse("override", &mut fields).map(Some),
        None => Some(None),
    };
    let (Some(units), Some(reason), Some(answer)) = (units, reason, answer) else { return Err(fields.problem()) };
    let units = units.unwrap_or(all);
    if units < all && reason.is_none() {
        return Err(Problem::invalid_field("reason", "required", "Say why the patient gets less than what was set aside."));
    }
    if before.status != AllocationStatus::Allocated {
        return Err(has_ended(before.status));
    }
    must_live(Some(&of.patient))?;
    // It is collected before any of its lots expires, too.
    if now >= before.listed.collect_by {
        let detail = "The patient was to collect it earlier, and it goes back to the stock now. They can ask for it again.";
        return Err(Problem::conflict("too_late", detail).with("collect_by", state.hospital.instant(before.listed.collect_by)));
    }
    for _ in 0..TRIES {
        let (summary, accepted) = checked(&state, &before, answer.clone()).await?;
        let end = AllocationEnd { at: now, by: Some(of.caller.user_id), by_pharmacy: true, units, reason: reason.clone(), accepted };
        let ending = before.clone().end(AllocationStatus::HandedOver, end, today).map_err(|ended| has_ended(ended.0))?;
        match state.store.allocation_end(&before, &ending, state.store.movement_id(now)?, now, Some(&summary)).await {
            Ok(()) => return Ok(view(ending.allocation, &state)),
            Err(EndError::Recheck) => must_live(state.store.patient(before.listed.patient_id).await?.as_ref())?,
            Err(why) => return Err(not_ended(why, &state, &before).await),
        }
    }
    Err(StoreError::Unavailable("the patient's record is changed by others at this moment".into()).into())
}

/// How often it is checked anew when the record changes at the same moment.
const TRIES: usize = 5;

fn must_live(patient: Option<&Patient>) -> Result<(), Problem> {
    if patient.is_some_and(|patient| patient.deceased.is_none()) {
        return Ok(());
    }
    Err(Problem::conflict("deceased", "The patient has died. Cancel it: it goes back to the stock."))
}

/// The summary that was checked, and what the pharmacist said to what speaks against the medicine, if every stop is answered.
async fn checked(state: &AppState, before: &Allocation, answer: Option<Answer>) -> Result<(Summary, Option<Override>), Problem> {
    let (patient, today) = (before.listed.patient_id, state.today());
    let medicine = state.store.stocked_medicine(before.medicine_id).await?.ok_or_else(|| Problem::not_found("medicine"))?;
    let mut answered: Vec<String> = Vec::new();
    if let Some(id) = before.prescription_id
        && let Some(prescription) = state.store.record_entry::<Medicine>(patient, id).await?
    {
        if prescription.content.stopped || prescription.in_error {
            let detail = "A doctor has stopped the prescription since the patient asked for it. Cancel it: it goes back to the stock.";
            return Err(Problem::conflict("prescription_stopped", detail));
        }
        answered.extend(prescription.content.accepted.iter().flat_map(|accepted| &accepted.hits).map(|hit| hit.id.clone()));
    }
    answered.extend(answer.iter().flat_map(|(_, _, hits)| hits.clone()));
    let summary = state.store.record_summary(patient).await?;
    let hits = check(&medicine.ingredients, &summary, today, before.prescription_id);
    if !unanswered(&hits, &answered).is_empty() {
        let detail = "Something speaks against this medicine: see `hits`. If it is right all the same, send `override` with a reason and the \
            ids of the stops. If it is not, cancel it.";
        trail::shows();
        return Err(Problem::conflict("safety_stop", detail).with("hits", hits));
    }
    let stops: Vec<_> = hits.into_iter().filter(|hit| hit.level == HitLevel::Stop).collect();
    let accepted = answer.filter(|_| !stops.is_empty()).map(|(reason, note, _)| Override { reason, note, hits: stops });
    Ok((summary, accepted))
}
