//! `POST /patients/{patient_id}/death`: note that a patient has died.

use axum::extract::State;
use domain::{
    Invalid,
    id::PatientId,
    patient::{DateOfBirth, Death, Patient, ProfileChange, parse_date},
    text::Reason,
};
use http::{AppState, Fields, Json, Problem, Versioned, auth::PatientAccess, refusals};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    refused::not_changed,
    view::{PatientView, view_for},
};

refusals! {
    pub(crate) DeathNotNoted {
        409 "already_deceased",
        409 "booking_under_way",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoteDeathRequest {
    #[schema(value_type = String, format = Date)]
    date_of_death: Option<String>,
    /// How it is known.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Note that a patient has died
///
/// The appointments that lie ahead are cancelled, and their doctors get an email. Nobody can book for the patient, and no email goes to
/// them any more.
#[utoipa::path(post, path = "/patients/{patient_id}/death", tag = "patients", operation_id = "note_death", request_body = NoteDeathRequest,
    params(("patient_id" = PatientId, Path)), responses((status = 200, body = Versioned<PatientView>), DeathNotNoted))]
pub(crate) async fn death(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(request): Json<NoteDeathRequest>,
) -> Result<Versioned<PatientView>, Problem> {
    let (mut fields, now) = (Fields::default(), state.clock.now());
    let today = state.hospital.zone.to_datetime(now).date();
    let before = access.patient;
    let born = before.date_of_birth.map(DateOfBirth::date);
    let date = fields.required("date_of_death", request.date_of_death, |text| {
        let date = parse_date(&text)?;
        if date > today {
            return Err(Invalid::new("in_the_future", "A date of death cannot lie in the future."));
        }
        if born.is_some_and(|born| date < born) {
            return Err(Invalid::new("before_birth", "This is before the date of birth."));
        }
        Ok(date)
    });
    let reason = fields.required("reason", request.reason, |text| Reason::parse(&text));
    let (Some(date), Some(reason)) = (date, reason) else { return Err(fields.problem()) };
    if before.deceased.is_some() {
        return Err(Problem::conflict("already_deceased", "The profile says already that the patient has died."));
    }
    let after =
        Patient { deceased: Some(Death { date, noted_at: now, by: access.caller.user_id }), version: before.version + 1, ..before.clone() };
    let by = (access.caller.user_id, access.caller.name.clone());
    let note = ProfileChange::of(&before, &after, now, by, reason);
    state.store.patient_change_death(&before, &after, &note, now).await.map_err(not_changed)?;
    Ok(view_for(&access.caller, after, &state.hospital))
}
