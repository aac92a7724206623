//! `POST /appointments/{id}/complete`: note that the doctor has seen the patient.

use axum::extract::State;
use domain::id::AppointmentId;
use http::{AppState, IfMatch, NoBody, Problem, Versioned};

use crate::{authority::AppointmentAccess, refused::NotNow, transition::transition, view::AppointmentView};

/// Complete an appointment
///
/// Possible after the patient's arrival. If nobody noted the arrival, possible from the appointment's start on.
#[utoipa::path(post, path = "/appointments/{id}/complete", tag = "appointments", operation_id = "complete_appointment",
    params(("id" = AppointmentId, Path), IfMatch),
    responses((status = 200, body = Versioned<AppointmentView>), NotNow))]
pub(crate) async fn complete(
    State(state): State<AppState>,
    access: AppointmentAccess,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<AppointmentView>, Problem> {
    transition(&state, access.appointment, if_match, |appointment| appointment.complete(state.clock.now())).await
}
