//! `POST /appointments/{id}/arrive`: the patient is in the hospital.

use axum::extract::State;
use domain::id::AppointmentId;
use http::{AppState, IfMatch, NoBody, Problem, Versioned};

use crate::{
    authority::AppointmentAccess,
    refused::{NotNow, not_changed, refused},
    view::{AppointmentView, view},
};

/// Note that the patient has come
///
/// On the appointment's day, early or late, and on no other.
#[utoipa::path(post, path = "/appointments/{id}/arrive", tag = "appointments", operation_id = "note_arrival",
    params(("id" = AppointmentId, Path), IfMatch),
    responses((status = 200, body = Versioned<AppointmentView>), NotNow))]
pub(crate) async fn arrive(
    State(state): State<AppState>,
    AppointmentAccess { appointment: before, .. }: AppointmentAccess,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<AppointmentView>, Problem> {
    if_match.check(before.version)?;
    let after = before.clone().arrive(state.clock.now(), &state.hospital.zone).map_err(|why| refused(why, &state.hospital))?;
    state.store.appointment_change_status(&before, &after, &state.hospital.zone).await.map_err(not_changed)?;
    Ok(view(after, &state.hospital))
}
