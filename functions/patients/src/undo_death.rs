//! `POST /patients/{patient_id}/death/undo`: the patient lives after all.

use axum::extract::State;
use domain::{
    id::PatientId,
    patient::{Patient, ProfileChange},
    text::Reason,
};
use http::{AppState, Fields, Json, Problem, Versioned, auth::PatientAccess, refusals};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    refused::not_changed,
    view::{PatientView, view},
};

refusals! {
    pub(crate) NotDeceased {
        409 "not_deceased",
        409 "booking_under_way",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UndoDeathRequest {
    /// What went wrong.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Take back that a patient has died
///
/// The profile keeps who noted the death and who took it back. Appointments that were cancelled have to be booked again.
#[utoipa::path(post, path = "/patients/{patient_id}/death/undo", tag = "patients", operation_id = "undo_death", request_body = UndoDeathRequest,
    params(("patient_id" = PatientId, Path)), responses((status = 200, body = Versioned<PatientView>), NotDeceased))]
pub(crate) async fn undo_death(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(request): Json<UndoDeathRequest>,
) -> Result<Versioned<PatientView>, Problem> {
    let (mut fields, now) = (Fields::default(), state.clock.now());
    let Some(reason) = fields.required("reason", request.reason, |text| Reason::parse(&text)) else { return Err(fields.problem()) };
    let before = access.patient;
    if before.deceased.is_none() {
        return Err(Problem::conflict("not_deceased", "The profile does not say that the patient has died."));
    }
    let after = Patient { deceased: None, version: before.version + 1, ..before.clone() };
    let by = (access.caller.user_id, access.caller.name.clone());
    let note = ProfileChange::of(&before, &after, now, by, reason);
    state.store.patient_change_death(&before, &after, &note, now).await.map_err(not_changed)?;
    Ok(view(after, &state.hospital))
}
