//! `POST /appointments/{id}/complete`: the doctor has seen the patient.

use axum::extract::State as Extract;
use shared::{
    State,
    http::{IfMatch, NoBody, Problem, Refusals, Versioned},
};

use crate::{
    authority::Visit,
    refused::{not_changed, refused},
    view::{AppointmentView, view},
};

/// Complete a visit
///
/// After the patient's arrival, or from the visit's start when nobody noted that.
#[utoipa::path(post, path = "/appointments/{id}/complete", tag = "appointments", operation_id = "complete_appointment",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = "Refuses the change when the visit has changed since")),
    responses((status = 200, body = AppointmentView), Refusals))]
pub(crate) async fn complete(
    Extract(state): Extract<State>,
    Visit { appointment: before, .. }: Visit,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<AppointmentView>, Problem> {
    if_match.check(before.version)?;
    let after = before.clone().complete(state.clock.now()).map_err(|why| refused(why, &state.house))?;
    state.store.change_status(&before, &after, &state.house.zone).await.map_err(not_changed)?;
    Ok(view(after, &state.house))
}
