//! `POST /appointments/{id}/reschedule`: move a visit; its id stays and its old slot is free at once.

use axum::extract::State as Extract;
use domain::{booking_limit::BookingLimit, id::AppointmentId};
use serde::Deserialize;
use shared::{
    State,
    auth::Caller,
    http::{Fields, IfMatch, Instant, Json, Problem, Versioned, parse_instant},
    store::bookings::Counted,
};
use utoipa::ToSchema;

use crate::{
    authority::{Side, Visit},
    refused::{NotAhead, TimeRefused, doctor_unavailable, not_bookable, not_counted, not_written, refused},
    view::{AppointmentView, view},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RescheduleAppointmentRequest {
    /// The start of a free slot of the same doctor, with its offset.
    #[schema(value_type = Instant)]
    starts_at: Option<String>,
}

/// Move a visit
///
/// Both sides get an updated invitation, and the reminder moves too.
#[utoipa::path(post, path = "/appointments/{id}/reschedule", tag = "appointments", operation_id = "reschedule_appointment", request_body = RescheduleAppointmentRequest,
    params(("id" = AppointmentId, Path), IfMatch),
    responses((status = 200, body = Versioned<AppointmentView>), TimeRefused, NotAhead))]
pub(crate) async fn reschedule(
    Extract(state): Extract<State>,
    caller: Caller,
    visit: Visit,
    if_match: IfMatch,
    Json(request): Json<RescheduleAppointmentRequest>,
) -> Result<Versioned<AppointmentView>, Problem> {
    let mut fields = Fields::default();
    let Some(start) = fields.required("starts_at", request.starts_at, |text| parse_instant(&text)) else { return Err(fields.problem()) };
    let before = visit.appointment;
    if_match.check(before.version)?;

    let (now, zone) = (state.clock.now(), &state.house.zone);
    let doctor = state.store.doctor(before.doctor_id).await?.ok_or_else(|| Problem::not_found("doctor"))?;
    if !state.takes_visits(&doctor).await? {
        return Err(doctor_unavailable());
    }
    let slot = match doctor.bookable_slot(start, now, zone) {
        Ok(slot) => slot,
        Err(why) => return Err(not_bookable(&state, &doctor, start, why).await),
    };
    let after = before.clone().reschedule(slot, visit.side.into(), now).map_err(|why| refused(why, &state.house))?;
    if visit.side == Side::Patient {
        let limit = BookingLimit::of(caller.email_confirmed);
        match state.store.count_move(before.patient_id, limit, now).await? {
            Counted::Yes => {}
            refused => return Err(not_counted(refused, caller.email_confirmed)),
        }
    }
    if let Err(why) = state.store.move_visit(&before, &after, zone).await {
        return Err(not_written(&state, &doctor, slot, why).await);
    }
    Ok(view(after, &state.house))
}
