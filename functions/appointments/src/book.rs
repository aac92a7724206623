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
use store::{bookings::Counted, trail};
use utoipa::ToSchema;

use crate::{
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
/// `next_free` slots. The front desk can book a slot that has begun, for somebody who stands there. The patient and the doctor each get an email with a calendar invitation, and a reminder one hour before the
/// appointment.
#[utoipa::path(post, path = "/appointments", tag = "appointments", operation_id = "book_appointment", request_body = BookAppointmentRequest,
    responses((status = 201, body = Created<AppointmentView>, description = "Booked"), TimeRefused, NotCounted))]
pub(crate) async fn book(
    State(state): State<AppState>,
    caller: Caller,
    Json(request): Json<BookAppointmentRequest>,
) -> Result<Created<AppointmentView>, Problem> {
    let booking = request.parse(&caller)?;
    trail::patient(booking.patient_id);
    let unknown = |field: &str| Problem::invalid_field(field, "unknown", "There is nobody with this id.");
    let doctor = state.store.doctor(booking.doctor_id).await?.ok_or_else(|| unknown("doctor_id"))?;
    let found = state.store.patient(booking.patient_id).await?;
    let own = caller.patient_id == Some(booking.patient_id);
    if !own && !caller.may_without_relationship() {
        if !found.as_ref().is_some_and(|patient| state.is_guardian(&caller, patient)) {
            return Err(Problem::forbidden("You can book for yourself, and for a child whose guardian you are."));
        }
        trail::detail("as guardian".to_owned());
    }
    let patient = found.ok_or_else(|| unknown("patient_id"))?;
    if !state.store.doctor_takes_appointments(&doctor).await? {
        return Err(doctor_unavailable());
    }

    let now = state.clock.now();
    let at_front_desk = caller.may_without_relationship() && !own;
    let slot = if at_front_desk { Doctor::slot_for_walk_in } else { Doctor::bookable_slot };
    let slot = match slot(&doctor, booking.start, now, &state.hospital.zone) {
        Ok(slot) => slot,
        Err(why) => return Err(not_bookable(&state, &doctor, booking.start, why).await),
    };
    let limit = (!at_front_desk).then(|| BookingLimit::of(caller.email_confirmed));
    match state.store.booking_count(booking.patient_id, limit, now, &state.hospital.zone).await? {
        Counted::Allowed => {}
        refused => return Err(not_counted(refused, caller.email_confirmed)),
    }
    let id = AppointmentId::new(now, state.random.u128()?);
    let appointment = Appointment::book(id, &patient, &doctor, slot, booking.reason, now);
    if let Err(why) = state.store.appointment_book(&appointment, &state.hospital.zone).await {
        return Err(not_written(&state, &doctor, slot, why).await);
    }
    let (location, shown) = (format!("/appointments/{}", appointment.id), view(appointment, &state.hospital));
    Ok(Created { location, version: shown.version, body: shown.body })
}

impl BookAppointmentRequest {
    fn parse(self, caller: &Caller) -> Result<Booking, Problem> {
        let mut fields = Fields::default();
        let doctor_id = fields.required("doctor_id", self.doctor_id, |text| text.parse());
        let start = fields.required("starts_at", self.starts_at, |text| parse_instant(&text));
        let reason = fields.required("reason", self.reason, |text| Reason::parse(&text));
        let patient_id = match (self.patient_id, caller.patient_id) {
            (Some(text), _) => {
                let named = fields.check("patient_id", text.parse::<PatientId>());
                named.into_iter().for_each(trail::patient);
                named
            }
            (None, Some(own)) => Some(own),
            (None, None) if caller.may_without_relationship() => fields.required("patient_id", None::<String>, |text| text.parse()),
            (None, None) => return Err(Problem::forbidden("Only patients and the front desk can book appointments.")),
        };
        let (Some(doctor_id), Some(start), Some(reason), Some(patient_id)) = (doctor_id, start, reason, patient_id) else {
            return Err(fields.problem());
        };
        Ok(Booking { doctor_id, start, reason, patient_id })
    }
}
