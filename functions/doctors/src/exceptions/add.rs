//! `POST /doctors/{id}/exceptions`: block a time, or add a session.

use axum::extract::State;
use domain::{
    availability::{Exception, ExceptionKind},
    id::{DoctorId, ExceptionId},
    instant::{Instant, parse_instant},
    schedule::Slot,
    text::Reason,
};
use http::{AppState, Created, Fields, Json, Problem, auth::Caller, refusals};
use jiff::SignedDuration;
use serde::Deserialize;
use store::trail;
use utoipa::ToSchema;

use super::{DoctorAccess, ExceptionView, not_written, view};

refusals! {
    pub(crate) NotAdded {
        409 "too_many_exceptions",
        409 "day_changed",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddExceptionRequest {
    #[schema(value_type = ExceptionKind)]
    kind: Option<String>,
    /// At a multiple of five minutes, with its UTC offset. Not in the past, at most a year ahead.
    #[schema(value_type = Instant)]
    starts_at: Option<String>,
    /// At a multiple of five minutes, on the same day in the hospital's time zone.
    #[schema(value_type = Instant)]
    ends_at: Option<String>,
    /// Why. Patients do not see it.
    #[schema(value_type = Option<Reason>)]
    reason: Option<String>,
}

/// Block a doctor's time, or add a session
///
/// Nobody can book a blocked time. In an extra session patients can book slots of the doctor's length. Appointments in a blocked time are
/// marked with `needs_new_time`, and their patients get an email with the next free slots. Extra appointments are outside the doctor's slots:
/// they stay. For whole days, ask for leave.
#[utoipa::path(post, path = "/doctors/{id}/exceptions", tag = "doctors", operation_id = "add_doctor_exception",
    request_body = AddExceptionRequest, params(("id" = DoctorId, Path)),
    responses((status = 201, body = Created<ExceptionView>, description = "Added"), NotAdded))]
pub(crate) async fn add(
    State(state): State<AppState>,
    _: Caller,
    DoctorAccess(doctor): DoctorAccess,
    Json(request): Json<AddExceptionRequest>,
) -> Result<Created<ExceptionView>, Problem> {
    let mut fields = Fields::default();
    let kind = fields.required("kind", request.kind, |text| ExceptionKind::parse(&text));
    let start = fields.required("starts_at", request.starts_at, |text| parse_instant(&text));
    let end = fields.required("ends_at", request.ends_at, |text| parse_instant(&text));
    let reason = fields.optional("reason", request.reason, |text| Reason::parse(&text));
    let (Some(kind), Some(start), Some(end), Some(reason)) = (kind, start, end, reason) else { return Err(fields.problem()) };
    let (now, zone) = (state.clock.now(), &state.hospital.zone);
    let slot = Slot { start, end };
    let on_mark = |at: jiff::Timestamp| at.as_second() % 300 == 0 && at.subsec_nanosecond() == 0;
    if end <= start {
        fields.refuse("ends_at", "before_start", "Choose an end that is after the start.");
    } else if end <= now {
        fields.refuse("ends_at", "in_the_past", "This time is over. Choose a later one.");
    } else if zone.to_datetime(end - SignedDuration::from_secs(1)).date() != slot.day(zone) {
        fields.refuse("ends_at", "other_day", "It must end on the day on which it starts. For several days, ask for leave.");
    } else if start.duration_since(now) > SignedDuration::from_hours(366 * 24) {
        fields.refuse("starts_at", "too_far_ahead", "Choose a time within a year from now.");
    }
    for (field, at) in [("starts_at", start), ("ends_at", end)] {
        if !on_mark(at) {
            fields.refuse(field, "not_on_mark", "Choose a multiple of five minutes.");
        }
    }
    // Last: only a stretch of one day is looked at.
    if fields.is_empty() && kind == ExceptionKind::ExtraSession && doctor.on(slot.day(zone)).grid().slots_in(slot, zone).is_empty() {
        fields.refuse("ends_at", "too_short", "The session must hold at least one of the doctor's slots.");
    }
    if !fields.is_empty() {
        return Err(fields.problem());
    }
    trail::account(doctor.user_id);
    let id = ExceptionId::new(now, state.random.u128()?);
    let (doctor_id, user_id) = (doctor.id, doctor.user_id);
    let exception = Exception { id, doctor_id, user_id, what: kind, slot, reason, cancelled: false, version: 1 };
    let day = state.store.doctor_day(doctor.id, slot.day(zone)).await?;
    state.store.doctor_exception_add(&exception, &day, zone).await.map_err(not_written)?;
    let location = format!("/doctors/{}/exceptions/{id}", doctor.id);
    Ok(Created { location, version: exception.version, body: view(exception, &state.hospital) })
}
