//! `POST /appointments/{id}/arrive`: the patient is in the house.

use axum::extract::State as Extract;
use domain::id::AppointmentId;
use shared::{
    State,
    http::{IfMatch, NoBody, Problem, Versioned},
};

use crate::{
    authority::Visit,
    refused::{NotNow, not_changed, refused},
    view::{AppointmentView, view},
};

/// Note that the patient has come
///
/// On the visit's day, early or late, and on no other.
#[utoipa::path(post, path = "/appointments/{id}/arrive", tag = "appointments", operation_id = "note_arrival",
    params(("id" = AppointmentId, Path), IfMatch),
    responses((status = 200, body = Versioned<AppointmentView>), NotNow))]
pub(crate) async fn arrive(
    Extract(state): Extract<State>,
    Visit { appointment: before, .. }: Visit,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<AppointmentView>, Problem> {
    if_match.check(before.version)?;
    let after = before.clone().arrive(state.clock.now(), &state.house.zone).map_err(|why| refused(why, &state.house))?;
    state.store.change_status(&before, &after, &state.house.zone).await.map_err(not_changed)?;
    Ok(view(after, &state.house))
}
