//! `POST /appointments/extra`: book an appointment outside the doctor's slots.

use axum::extract::State;
use domain::{
    Invalid,
    appointment::Appointment,
    id::{AppointmentId, DoctorId, PatientId},
    instant::{Instant, parse_instant},
    schedule::SlotLength,
    text::Reason,
};
use http::{AppState, Created, Fields, Json, Problem, auth::Caller};
use serde::Deserialize;
use store::{bookings::Counted, trail};
use utoipa::ToSchema;

use crate::{
    book::created,
    refused::{ExtraRefused, doctor_unavailable, not_bookable, not_counted, not_written},
    view::AppointmentView,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BookExtraAppointmentRequest {
    #[schema(value_type = PatientId)]
    patient_id: Option<String>,
    /// The doctor, when the front desk books. Doctors leave it out.
    #[schema(value_type = Option<DoctorId>)]
    doctor_id: Option<String>,
    /// At a multiple of five minutes, with its UTC offset. Not the start of one of the doctor's slots.
    #[schema(value_type = Instant)]
    starts_at: Option<String>,
    /// How long it lasts.
    #[schema(value_type = SlotLength)]
    minutes: Option<u16>,
    /// Why the patient comes, in their own words.
    #[schema(value_type = Reason)]
    reason: Option<String>,
    /// Why it cannot wait for one of the doctor's slots. It is kept.
    #[schema(value_type = Reason)]
    extra_because: Option<String>,
}

/// Book an extra appointment
///
/// Outside the doctor's slots, by the front desk or by a doctor for a patient whom they treat. It takes none of the doctor's slots: these can
/// still be booked at the same time. A blocked time does not keep it out, the doctor's leave does. The patient's own time is guarded as always. Emails and reminders are as for every appointment.
#[utoipa::path(post, path = "/appointments/extra", tag = "appointments", operation_id = "book_extra_appointment",
    request_body = BookExtraAppointmentRequest,
    responses((status = 201, body = Created<AppointmentView>, description = "Booked"), ExtraRefused))]
pub(crate) async fn extra(
    State(state): State<AppState>,
    caller: Caller,
    Json(request): Json<BookExtraAppointmentRequest>,
) -> Result<Created<AppointmentView>, Problem> {
    let mut fields = Fields::default();
    let patient_id = fields.required("patient_id", request.patient_id, |text| text.parse::<PatientId>());
    patient_id.into_iter().for_each(trail::patient);
    let named = fields.optional("doctor_id", request.doctor_id, |text| text.parse());
    let start = fields.required("starts_at", request.starts_at, |text| parse_instant(&text));
    let length = fields.required("minutes", request.minutes, SlotLength::from_minutes);
    let reason = fields.required("reason", request.reason, |text| Reason::parse(&text));
    let because = fields.required("extra_because", request.extra_because, |text| Reason::parse(&text));
    let at_front_desk = caller.may_without_relationship();
    let doctor_id = match (named.flatten(), caller.doctor_id) {
        (Some(named), _) if at_front_desk => Some(named),
        (None, Some(own)) => Some(own),
        (Some(named), Some(own)) if named == own => Some(own),
        (Some(_), _) => return Err(Problem::forbidden("You can book extra appointments with yourself only.")),
        (None, None) => fields.check("doctor_id", Err(Invalid::new("required", "This field is required."))),
    };
    let (Some(patient_id), Some(doctor_id), Some(start), Some(length), Some(reason), Some(because)) =
        (patient_id, doctor_id, start, length, reason, because)
    else {
        return Err(fields.problem());
    };

    let (now, zone) = (state.clock.now(), &state.hospital.zone);
    if !at_front_desk && !state.store.patient_is_treated_by(doctor_id, patient_id, now, zone).await? {
        return Err(Problem::forbidden("You can book for patients whom you treat. The front desk can book for everybody."));
    }
    let unknown = |field: &str| Problem::invalid_field(field, "unknown", "There is nobody with this id.");
    let doctor = state.store.doctor(doctor_id).await?.ok_or_else(|| unknown("doctor_id"))?;
    let patient = state.store.patient(patient_id).await?.ok_or_else(|| unknown("patient_id"))?;
    if !state.store.doctor_takes_appointments(&doctor).await? {
        return Err(doctor_unavailable());
    }
    let day = state.store.doctor_day(doctor.id, zone.to_datetime(start).date()).await?;
    let slot = match doctor.extra_slot(start, length, &day, now, zone) {
        Ok(slot) => slot,
        Err(why) => return Err(not_bookable(&state, &doctor, start, why).await),
    };
    match state.store.booking_count(patient_id, None, now, zone).await? {
        Counted::Allowed => {}
        refused => return Err(not_counted(refused, true)),
    }
    let id = AppointmentId::new(now, state.random.u128()?);
    let appointment = Appointment { extra_because: Some(because), ..Appointment::book(id, &patient, &doctor, slot, reason, now, zone) };
    match state.store.appointment_book(&appointment, &doctor, day.plan, zone).await {
        Ok(()) => Ok(created(appointment, &state)),
        Err(why) => Err(not_written(&state, &doctor, slot, why).await),
    }
}
