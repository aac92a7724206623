//! `POST /waiting-list/{id}/accept`: book the slot that is held for the patient.

use axum::extract::State;
use domain::{
    appointment::Appointment,
    id::{AppointmentId, WaitId},
};
use http::{AppState, Created, IfMatch, NoBody, Problem};
use store::appointments::WriteError;

use super::{NoOffer, access::WaitAccess, refused};
use crate::{
    book::{count, created},
    refused::{NotCounted, OfferNotBooked, doctor_away, doctor_unavailable, not_written},
    view::AppointmentView,
};

/// Accept an offer
///
/// Books the slot. It works until the end of the offer.
#[utoipa::path(post, path = "/waiting-list/{id}/accept", tag = "waiting list", operation_id = "accept_offer",
    params(("id" = WaitId, Path), IfMatch),
    responses((status = 201, body = Created<AppointmentView>, description = "Booked"), NoOffer, OfferNotBooked, NotCounted))]
pub(crate) async fn accept(
    State(state): State<AppState>,
    access: WaitAccess,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Created<AppointmentView>, Problem> {
    let (before, now, zone) = (access.wait, state.clock.now(), &state.hospital.zone);
    if_match.check(before.version)?;
    let wait = before.clone().at(now, zone);
    let offer = wait.offer().map_err(refused)?.clone();
    let doctor = state.store.doctor(offer.doctor_id).await?.ok_or_else(doctor_unavailable)?;
    if !state.store.doctor_takes_appointments(&doctor).await? {
        return Err(doctor_unavailable());
    }
    let day = state.store.doctor_day(doctor.id, offer.slot.day(zone)).await?;
    if doctor.obstacle(offer.slot, false, &day, zone).is_some() {
        return Err(doctor_away(&state, &doctor, offer.slot.start).await);
    }
    let patient = state.store.patient(wait.patient_id).await?.ok_or_else(|| Problem::not_found("patient"))?;
    count(&state, &access.caller, patient.id).await?;

    let id = AppointmentId::new(now, state.random.u128()?);
    let appointment = Appointment::book(id, &patient, &doctor, offer.slot, wait.reason.clone(), now, zone);
    match state.store.wait_book(&before, &wait.booked(id), &appointment, &doctor, day.plan, zone).await {
        Ok(()) => Ok(created(appointment, &state)),
        // The hold ended in this moment.
        Err(WriteError::SlotTaken | WriteError::Offered(_) | WriteError::OwnSlot(_)) => Err(Problem::stale()),
        Err(why) => Err(not_written(&state, &doctor, offer.slot, why).await),
    }
}
