//! `POST /emergency/cases/{id}/see`: a doctor sees the patient.

use axum::extract::State;
use domain::{
    admission::Attending,
    emergency::{EmergencyCase, Seen},
    id::CaseId,
};
use http::{AppState, IfMatch, NoBody, Problem, Versioned};
use store::emergency::{CaseWrite, InBedList};

use super::{CaseView, view};
use crate::{
    authority::OfCase,
    refused::{NotHere, NotSeen, cannot_now, not_written},
};

/// See the patient of an emergency
///
/// The patient no longer waits, and you treat them from now on: a moment later you can open their medical record.
#[utoipa::path(post, path = "/emergency/cases/{id}/see", tag = "emergencies", operation_id = "see_emergency",
    params(("id" = CaseId, Path), IfMatch), responses((status = 200, body = Versioned<CaseView>), NotHere, NotSeen))]
pub(crate) async fn see(State(state): State<AppState>, of: OfCase, if_match: IfMatch, _: NoBody) -> Result<Versioned<CaseView>, Problem> {
    if_match.check(of.case.version)?;
    let doctor = of.caller.doctor_id.zip(of.caller.name.clone());
    let (id, name) = doctor.ok_or_else(|| Problem::forbidden("Only doctors with a profile can do this."))?;
    let seen = Seen { at: state.clock.now(), doctor: Attending { id, name } };
    let after: EmergencyCase = of.case.clone().seen(seen).map_err(cannot_now)?;
    state.store.case_write(CaseWrite::Changed { before: &of.case, after: &after }, InBedList::AsBefore).await.map_err(not_written)?;
    Ok(view(after, &state))
}
