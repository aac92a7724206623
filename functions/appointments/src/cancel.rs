//! `POST /appointments/{id}/cancel`: call a visit off; its slot is free at once.

use axum::extract::State as Extract;
use domain::id::AppointmentId;
use domain::text::Reason;
use serde::Deserialize;
use shared::{
    State,
    http::{Fields, IfMatch, Json, Problem, Versioned},
};
use utoipa::ToSchema;

use crate::{
    authority::Visit,
    refused::{NotAhead, not_changed, refused},
    view::{AppointmentView, view},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelAppointmentRequest {
    /// Why, if you like to say so.
    #[schema(value_type = Option<Reason>)]
    reason: Option<String>,
}

/// Cancel a visit
///
/// Possible until it begins. Both sides get a cancelled invitation, and no reminder is sent.
#[utoipa::path(post, path = "/appointments/{id}/cancel", tag = "appointments", operation_id = "cancel_appointment", request_body = CancelAppointmentRequest,
    params(("id" = AppointmentId, Path), IfMatch),
    responses((status = 200, body = Versioned<AppointmentView>), NotAhead))]
pub(crate) async fn cancel(
    Extract(state): Extract<State>,
    visit: Visit,
    if_match: IfMatch,
    Json(request): Json<CancelAppointmentRequest>,
) -> Result<Versioned<AppointmentView>, Problem> {
    let mut fields = Fields::default();
    let Some(reason) = fields.optional("reason", request.reason, |text| Reason::parse(&text)) else { return Err(fields.problem()) };
    let before = visit.appointment;
    if_match.check(before.version)?;
    let after = before.clone().cancel(visit.side.into(), reason, state.clock.now()).map_err(|why| refused(why, &state.house))?;
    state.store.change_status(&before, &after, &state.house.zone).await.map_err(not_changed)?;
    Ok(view(after, &state.house))
}
