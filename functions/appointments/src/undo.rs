//! `POST /appointments/{id}/undo`: take back an arrival, a completion or a no-show that was noted by mistake.

use axum::extract::State;
use domain::{id::AppointmentId, text::Reason};
use http::{AppState, Fields, IfMatch, Json, Problem, Versioned};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{authority::AppointmentAccess, refused::NotUndone, transition::transition, view::AppointmentView};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UndoRequest {
    /// What went wrong. It is kept.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Take back what was noted
///
/// Takes back the arrival, completion or no-show that was noted last. The status is again what it was before. Possible within two hours of
/// the note, and on the day of the appointment only. Who took it back and why is kept.
#[utoipa::path(post, path = "/appointments/{id}/undo", tag = "appointments", operation_id = "undo_note", request_body = UndoRequest,
    params(("id" = AppointmentId, Path), IfMatch),
    responses((status = 200, body = Versioned<AppointmentView>), NotUndone))]
pub(crate) async fn undo(
    State(state): State<AppState>,
    access: AppointmentAccess,
    if_match: IfMatch,
    Json(request): Json<UndoRequest>,
) -> Result<Versioned<AppointmentView>, Problem> {
    let mut fields = Fields::default();
    let Some(reason) = fields.required("reason", request.reason, |text| Reason::parse(&text)) else { return Err(fields.problem()) };
    let (by, now) = (access.user_id, state.clock.now());
    transition(&state, access.appointment, if_match, |appointment| appointment.undo(by, reason, now, &state.hospital.zone)).await
}
