//! `POST /appointments/{id}/no-show`: the patient did not come.

use axum::extract::State;
use domain::id::AppointmentId;
use http::{AppState, IfMatch, NoBody, Problem, Versioned};

use crate::{
    authority::AppointmentAccess,
    refused::{NotNow, not_changed, refused},
    view::{AppointmentView, view},
};

/// Note that the patient did not come
///
/// From the appointment's start on.
#[utoipa::path(post, path = "/appointments/{id}/no-show", tag = "appointments", operation_id = "note_no_show",
    params(("id" = AppointmentId, Path), IfMatch),
    responses((status = 200, body = Versioned<AppointmentView>), NotNow))]
pub(crate) async fn no_show(
    State(state): State<AppState>,
    AppointmentAccess { appointment: before, .. }: AppointmentAccess,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<AppointmentView>, Problem> {
    if_match.check(before.version)?;
    let after = before.clone().miss(state.clock.now()).map_err(|why| refused(why, &state.hospital))?;
    state.store.appointment_change_status(&before, &after, &state.hospital.zone).await.map_err(not_changed)?;
    Ok(view(after, &state.hospital))
}
