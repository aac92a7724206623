//! `POST /appointments/{id}/reschedule`: move an appointment. Its id stays, and its old slot is free at once.

use axum::extract::State;
use domain::{
    booking_limit::BookingLimit,
    id::AppointmentId,
    instant::{Instant, parse_instant},
};
use http::{AppState, Fields, IfMatch, Json, Problem, Versioned, auth::Caller};
use serde::Deserialize;
use store::bookings::Counted;
use utoipa::ToSchema;

use crate::{
    authority::{AppointmentAccess, Side},
    refused::{NotAhead, TimeRefused, doctor_unavailable, not_bookable, not_counted, not_written, refused},
    view::{AppointmentView, view},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RescheduleAppointmentRequest {
    /// The start of a free slot of the same doctor, with its UTC offset.
    #[schema(value_type = Instant)]
    starts_at: Option<String>,
}

/// Move an appointment
///
/// The patient and the doctor each get an updated calendar invitation, and the reminders move too.
#[utoipa::path(post, path = "/appointments/{id}/reschedule", tag = "appointments", operation_id = "reschedule_appointment", request_body = RescheduleAppointmentRequest,
    params(("id" = AppointmentId, Path), IfMatch),
    responses((status = 200, body = Versioned<AppointmentView>), TimeRefused, NotAhead))]
pub(crate) async fn reschedule(
    State(state): State<AppState>,
    caller: Caller,
    access: AppointmentAccess,
    if_match: IfMatch,
    Json(request): Json<RescheduleAppointmentRequest>,
) -> Result<Versioned<AppointmentView>, Problem> {
    let mut fields = Fields::default();
    let Some(start) = fields.required("starts_at", request.starts_at, |text| parse_instant(&text)) else { return Err(fields.problem()) };
    let before = access.appointment;
    if_match.check(before.version)?;

    let (now, zone) = (state.clock.now(), &state.hospital.zone);
    let doctor = state.store.doctor(before.doctor_id).await?.ok_or_else(|| Problem::not_found("doctor"))?;
    if !state.store.doctor_takes_appointments(&doctor).await? {
        return Err(doctor_unavailable());
    }
    let day = state.store.doctor_day(doctor.id, zone.to_datetime(start).date()).await?;
    let slot = match doctor.bookable_slot(start, &day, now, zone) {
        Ok(slot) => slot,
        Err(why) => return Err(not_bookable(&state, &doctor, start, why).await),
    };
    let place = doctor.on(slot.day(zone)).place.clone();
    let after = before.clone().reschedule(slot, place, access.side.into(), now).map_err(|why| refused(why, &state.hospital))?;
    // Whoever has to move may, at any pace.
    if access.side == Side::Patient && before.needs_new_time.is_none() {
        let limit = BookingLimit::of(caller.email_confirmed);
        match state.store.booking_count_move(before.patient_id, limit, now).await? {
            Counted::Allowed => {}
            refused => return Err(not_counted(refused, caller.email_confirmed)),
        }
    }
    if let Err(why) = state.store.appointment_move(&before, &after, &doctor, day.plan, now, zone).await {
        return Err(not_written(&state, &doctor, slot, why).await);
    }
    Ok(view(after, &state.hospital))
}
