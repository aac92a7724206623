//! `POST /appointments/{id}/no-show`: note that the patient did not come.

use axum::extract::State;
use domain::id::AppointmentId;
use http::{AppState, IfMatch, NoBody, Problem, Versioned};

use crate::{authority::AppointmentAccess, refused::NotNow, transition::transition, view::AppointmentView};

/// Note that the patient did not come
///
/// Possible from the appointment's start on. An hour after its end, an appointment is noted as a no-show by itself, if no arrival and no
/// completion was noted. It can be taken back.
#[utoipa::path(post, path = "/appointments/{id}/no-show", tag = "appointments", operation_id = "note_no_show",
    params(("id" = AppointmentId, Path), IfMatch),
    responses((status = 200, body = Versioned<AppointmentView>), NotNow))]
pub(crate) async fn no_show(
    State(state): State<AppState>,
    access: AppointmentAccess,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<AppointmentView>, Problem> {
    transition(&state, access.appointment, if_match, |appointment| appointment.miss(state.clock.now())).await
}
