//! `POST /appointments/{id}/complete`: the doctor has seen the patient.

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

/// Complete a visit
///
/// After the patient's arrival, or from the visit's start when nobody noted that.
#[utoipa::path(post, path = "/appointments/{id}/complete", tag = "appointments", operation_id = "complete_appointment",
    params(("id" = AppointmentId, Path), IfMatch),
    responses((status = 200, body = Versioned<AppointmentView>), NotNow))]
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
