//! `POST /patients/{patient_id}/admissions/{id}/left`: a patient has left.

use axum::extract::State;
use domain::{
    admission::{Departure, Left},
    id::{AdmissionId, PatientId},
};
use http::{AppState, Fields, IfMatch, Json, Problem, Versioned, auth::NotHere, beds::no_bed};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{AdmissionView, view};
use crate::{
    authority::OfAdmission,
    refused::{NotGone, not_now},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeftRequest {
    /// When left out: `home`, or `died` when the patient has. A death has to be noted first, with `POST /patients/{patient_id}/death`.
    #[schema(value_type = Option<Departure>)]
    departure: Option<String>,
}

/// Note that a patient has left
///
/// The second step of a discharge, when the patient is gone. The bed is no longer theirs, and is cleaned before somebody else gets it. The patient
/// gets an email with what to do afterwards and where the bill is. Who waits for another bed no longer does. Who has died, or leaves against medical advice, need not be medically ready.
#[utoipa::path(post, path = "/patients/{patient_id}/admissions/{id}/left", tag = "stays", operation_id = "note_left",
    params(("patient_id" = PatientId, Path), ("id" = AdmissionId, Path), IfMatch), request_body = LeftRequest,
    responses((status = 200, body = Versioned<AdmissionView>), NotHere, NotGone))]
pub(crate) async fn left(
    State(state): State<AppState>,
    of: OfAdmission,
    if_match: IfMatch,
    Json(request): Json<LeftRequest>,
) -> Result<Versioned<AdmissionView>, Problem> {
    let mut fields = Fields::default();
    let how = fields.optional("departure", request.departure, |text| Departure::parse(&text));
    let Some(how) = how else { return Err(fields.problem()) };
    let (before, now) = (of.admission, state.clock.now());
    if_match.check(before.version)?;
    let died = of.access.patient.deceased.is_some();
    let how = how.unwrap_or(if died { Departure::Died } else { Departure::Home });
    match (how, died) {
        (Departure::Died, false) => {
            let detail = "Note the death first, with `POST /patients/{patient_id}/death`.";
            return Err(Problem::conflict("death_not_noted", detail));
        }
        (Departure::Died, true) | (_, false) => {}
        (_, true) => return Err(Problem::invalid_field("departure", "has_died", "The patient has died. Use `died`.")),
    }
    let left = Left { at: now, by: of.access.caller.user_id, how };
    let after = before.clone().left(left).map_err(not_now)?;
    let ward = after.place().map(|(ward, _)| ward).ok_or_else(Problem::stale)?;
    let request = state.store.bed_request(after.patient_id).await?;
    state.store.admission_end(&before, &after, request.as_ref(), now).await.map_err(|why| no_bed(why, ward))?;
    view(&after, &state)
}
