//! `POST /appointments/{id}/cancel`: cancel an appointment. Its slot is free at once.

use axum::extract::State;
use domain::{id::AppointmentId, text::Reason};
use http::{AppState, Fields, IfMatch, Json, Problem, Versioned};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{authority::AppointmentAccess, refused::NotAhead, transition::transition, view::AppointmentView};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelAppointmentRequest {
    /// Why you cancel. Optional.
    #[schema(value_type = Option<Reason>)]
    reason: Option<String>,
}

/// Cancel an appointment
///
/// Possible until the appointment begins. The patient and the doctor each get a cancellation for their calendar, and no reminder is sent.
#[utoipa::path(post, path = "/appointments/{id}/cancel", tag = "appointments", operation_id = "cancel_appointment", request_body = CancelAppointmentRequest,
    params(("id" = AppointmentId, Path), IfMatch),
    responses((status = 200, body = Versioned<AppointmentView>), NotAhead))]
pub(crate) async fn cancel(
    State(state): State<AppState>,
    access: AppointmentAccess,
    if_match: IfMatch,
    Json(request): Json<CancelAppointmentRequest>,
) -> Result<Versioned<AppointmentView>, Problem> {
    let mut fields = Fields::default();
    let Some(reason) = fields.optional("reason", request.reason, |text| Reason::parse(&text)) else { return Err(fields.problem()) };
    let by = access.side.into();
    transition(&state, access.appointment, if_match, |appointment| appointment.cancel(by, reason, state.clock.now())).await
}
