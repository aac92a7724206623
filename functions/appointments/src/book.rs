//! `POST /appointments`: book an appointment.

use axum::extract::State;
use domain::{
    appointment::Appointment,
    booking_limit::BookingLimit,
    doctor::Doctor,
    id::{AppointmentId, DoctorId, PatientId},
    instant::{Instant, parse_instant},
    text::Reason,
};
use http::{AppState, Created, Fields, Json, Problem, auth::Caller};
use jiff::Timestamp;
use serde::Deserialize;
use store::bookings::Counted;
use utoipa::ToSchema;

use crate::{
    authority::{booked_for, named_patient},
    refused::{NotCounted, TimeRefused, doctor_unavailable, not_bookable, not_counted, not_written},
    view::{AppointmentView, view},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BookAppointmentRequest {
    #[schema(value_type = DoctorId)]
    doctor_id: Option<String>,
    /// The start of a free slot, with its UTC offset.
    #[schema(value_type = Instant)]
    starts_at: Option<String>,
    /// Why the patient comes, in their own words.
    #[schema(value_type = Reason)]
    reason: Option<String>,
    /// The patient, when the front desk or a guardian books. Patients who book for themselves leave it out.
    #[schema(value_type = Option<PatientId>)]
    patient_id: Option<String>,
}

struct Booking {
    doctor_id: DoctorId,
    start: Timestamp,
    reason: Reason,
    patient_id: PatientId,
}

/// Book an appointment
///
/// Takes the slot for the patient. If somebody else has it, the answer is 409 with `code` `slot_taken`, the `taken` slot and the
/// `next_free` slots. The front desk can book a slot that has begun, for somebody who stands there. The patient and the doctor each get an
/// email with a calendar invitation, and a reminder one hour before the appointment.
#[utoipa::path(post, path = "/appointments", tag = "appointments", operation_id = "book_appointment", request_body = BookAppointmentRequest,
    responses((status = 201, body = Created<AppointmentView>, description = "Booked"), TimeRefused, NotCounted))]
pub(crate) async fn book(
    State(state): State<AppState>,
    caller: Caller,
    Json(request): Json<BookAppointmentRequest>,
) -> Result<Created<AppointmentView>, Problem> {
    let booking = request.parse(&caller)?;
    let unknown = || Problem::invalid_field("doctor_id", "unknown", "There is nobody with this id.");
    let doctor = state.store.doctor(booking.doctor_id).await?.ok_or_else(unknown)?;
    let patient = booked_for(&state, &caller, booking.patient_id).await?;
    if !state.store.doctor_takes_appointments(&doctor).await? {
        return Err(doctor_unavailable());
    }

    let now = state.clock.now();
    let at_front_desk = caller.may_without_relationship() && caller.patient_id != Some(patient.id);
    let slot = if at_front_desk { Doctor::slot_for_walk_in } else { Doctor::bookable_slot };
    let zone = &state.hospital.zone;
    let day = state.store.doctor_day(doctor.id, zone.to_datetime(booking.start).date()).await?;
    let slot = match slot(&doctor, booking.start, &day, now, zone) {
        Ok(slot) => slot,
        Err(why) => return Err(not_bookable(&state, &doctor, booking.start, why).await),
    };
    count(&state, &caller, patient.id).await?;
    let id = AppointmentId::new(now, state.random.u128()?);
    let appointment = Appointment::book(id, &patient, &doctor, slot, booking.reason, now, zone);
    if let Err(why) = state.store.appointment_book(&appointment, &doctor, day.plan, zone).await {
        return Err(not_written(&state, &doctor, slot, why).await);
    }
    Ok(created(appointment, &state))
}

/// Counts a booking before it is written. The front desk books without a limit.
pub(crate) async fn count(state: &AppState, caller: &Caller, patient: PatientId) -> Result<(), Problem> {
    let at_front_desk = caller.may_without_relationship() && caller.patient_id != Some(patient);
    let limit = (!at_front_desk).then(|| BookingLimit::of(caller.email_confirmed));
    match state.store.booking_count(patient, limit, state.clock.now(), &state.hospital.zone).await? {
        Counted::Allowed => Ok(()),
        refused => Err(not_counted(refused, caller.email_confirmed)),
    }
}

/// A booked appointment as the answer.
pub(crate) fn created(appointment: Appointment, state: &AppState) -> Created<AppointmentView> {
    let (location, shown) = (format!("/appointments/{}", appointment.id), view(appointment, &state.hospital));
    Created { location, version: shown.version, body: shown.body }
}

impl BookAppointmentRequest {
    fn parse(self, caller: &Caller) -> Result<Booking, Problem> {
        let mut fields = Fields::default();
        let doctor_id = fields.required("doctor_id", self.doctor_id, |text| text.parse());
        let start = fields.required("starts_at", self.starts_at, |text| parse_instant(&text));
        let reason = fields.required("reason", self.reason, |text| Reason::parse(&text));
        let patient_id = named_patient(&mut fields, self.patient_id, caller)?;
        let (Some(doctor_id), Some(start), Some(reason), Some(patient_id)) = (doctor_id, start, reason, patient_id) else {
            return Err(fields.problem());
        };
        Ok(Booking { doctor_id, start, reason, patient_id })
    }
}
