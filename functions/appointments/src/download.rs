//! `GET /appointments/{id}/calendar.ics`: an appointment for the caller's calendar.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use domain::id::AppointmentId;
use http::AppState;
use mail::calendar::Invitation;

use crate::authority::{AppointmentAccess, Side};

/// Download an appointment for your calendar
///
/// iCalendar (RFC 5545), in the hospital's time zone, with the same UID as the emailed invitations.
#[utoipa::path(get, path = "/appointments/{id}/calendar.ics", tag = "appointments", operation_id = "download_appointment", params(("id" = AppointmentId, Path)),
    responses((status = 200, body = String, content_type = "text/calendar")))]
pub(crate) async fn download(State(state): State<AppState>, access: AppointmentAccess) -> Response {
    let invitation = match access.side {
        Side::Patient => Invitation::for_patient(&access.appointment),
        Side::Doctor | Side::FrontDesk => Invitation::for_doctor(&access.appointment),
    };
    let file = invitation.file(&state.hospital, state.clock.now());
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"appointment.ics\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, file).into_response()
}
