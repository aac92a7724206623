//! `GET /appointments/{id}/calendar.ics`: a visit for the caller's calendar.

use axum::{
    extract::State as Extract,
    http::header,
    response::{IntoResponse, Response},
};
use domain::id::AppointmentId;
use shared::{State, mail::calendar::Invitation};

use crate::authority::{Side, Visit};

/// Download a visit for your calendar
///
/// iCalendar (RFC 5545), in the hospital's time zone, with the UID that the emailed invitations have.
#[utoipa::path(get, path = "/appointments/{id}/calendar.ics", tag = "appointments", operation_id = "download_appointment", params(("id" = AppointmentId, Path)),
    responses((status = 200, body = String, content_type = "text/calendar")))]
pub(crate) async fn calendar(Extract(state): Extract<State>, visit: Visit) -> Response {
    let invitation = match visit.side {
        Side::Patient => Invitation::for_patient(&visit.appointment),
        Side::Doctor | Side::FrontDesk => Invitation::for_doctor(&visit.appointment),
    };
    let file = invitation.file(&state.house, state.clock.now());
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"visit.ics\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, file).into_response()
}
