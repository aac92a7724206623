//! `POST /emergency/cases/{id}/see`: a doctor sees the patient.

use axum::extract::State;
use domain::{
    admission::Attending,
    emergency::{CannotNow, EmergencyCase, Seen},
    id::CaseId,
};
use http::{AppState, IfMatch, Json, Problem, Versioned, auth::NotHere};
use serde::Deserialize;
use store::emergency::{CaseWrite, InBedList};
use utoipa::ToSchema;

use super::{CaseView, view};
use crate::{
    authority::OfCase,
    refused::{NotSeen, cannot_now, not_written},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeeRequest {
    /// Whether you take over from the doctor who treats the patient now, for example at the end of a shift.
    take_over: Option<bool>,
}

/// See the patient of an emergency
///
/// The patient no longer waits, and you treat them from now on: a moment later you can open their medical record.
#[utoipa::path(post, path = "/emergency/cases/{id}/see", tag = "emergencies", operation_id = "see_emergency",
    params(("id" = CaseId, Path), IfMatch), request_body = SeeRequest,
    responses((status = 200, body = Versioned<CaseView>), NotHere, NotSeen))]
pub(crate) async fn see(
    State(state): State<AppState>,
    of: OfCase,
    if_match: IfMatch,
    Json(request): Json<SeeRequest>,
) -> Result<Versioned<CaseView>, Problem> {
    if_match.check(of.case.version)?;
    let doctor = of.caller.doctor_id.zip(of.caller.name.clone());
    let (id, name) = doctor.ok_or_else(|| Problem::forbidden("Only doctors with a profile can do this."))?;
    let seen = Seen { at: state.clock.now(), doctor: Attending { id, name } };
    let after: EmergencyCase =
        of.case.clone().seen(seen, request.take_over == Some(true)).map_err(|why| match (why, of.case.doctor()) {
            (CannotNow::Seen, Some(other)) if other.id != id => {
                let detail = format!("{} treats the patient. Send `take_over` if you do so from now on.", other.name);
                Problem::conflict("seen", detail).with("doctor_id", other.id)
            }
            (why, _) => cannot_now(why),
        })?;
    state.store.case_write(CaseWrite::Changed { before: &of.case, after: &after }, InBedList::AsBefore).await.map_err(not_written)?;
    Ok(view(after, &of.caller, &state))
}
