//! `POST /appointments/{id}/complete`: the doctor has seen the patient.

use axum::extract::State;
use domain::id::AppointmentId;
use http::{AppState, IfMatch, NoBody, Problem, Versioned};

use crate::{
    authority::AppointmentAccess,
    refused::{NotNow, not_changed, refused},
    view::{AppointmentView, view},
};

/// Complete an appointment
///
/// After the patient's arrival, or from the appointment's start when nobody noted that.
#[utoipa::path(post, path = "/appointments/{id}/complete", tag = "appointments", operation_id = "complete_appointment",
    params(("id" = AppointmentId, Path), IfMatch),
    responses((status = 200, body = Versioned<AppointmentView>), NotNow))]
pub(crate) async fn complete(
    State(state): State<AppState>,
    AppointmentAccess { appointment: before, .. }: AppointmentAccess,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<AppointmentView>, Problem> {
    if_match.check(before.version)?;
    let after = before.clone().complete(state.clock.now()).map_err(|why| refused(why, &state.hospital))?;
    state.store.appointment_change_status(&before, &after, &state.hospital.zone).await.map_err(not_changed)?;
    Ok(view(after, &state.hospital))
}
