//! `POST /appointments/{id}/arrive`: note that the patient is in the hospital.

use axum::extract::State;
use domain::id::AppointmentId;
use http::{AppState, IfMatch, NoBody, Problem, Versioned};

use crate::{authority::AppointmentAccess, refused::NotNow, transition::transition, view::AppointmentView};

/// Note that the patient has arrived
///
/// Possible on the day of the appointment only, at any time of that day.
#[utoipa::path(post, path = "/appointments/{id}/arrive", tag = "appointments", operation_id = "note_arrival",
    params(("id" = AppointmentId, Path), IfMatch),
    responses((status = 200, body = Versioned<AppointmentView>), NotNow))]
pub(crate) async fn arrive(
    State(state): State<AppState>,
    access: AppointmentAccess,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<AppointmentView>, Problem> {
    transition(&state, access.appointment, if_match, |appointment| appointment.arrive(state.clock.now(), &state.hospital.zone)).await
}
