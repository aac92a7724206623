//! `GET /appointments/{id}`: one appointment.

use axum::extract::State;
use domain::id::AppointmentId;
use http::{AppState, Versioned};

use crate::{
    authority::AppointmentAccess,
    view::{AppointmentView, view},
};

/// Read an appointment
///
/// The patient, the doctor and the front desk can read it.
#[utoipa::path(get, path = "/appointments/{id}", tag = "appointments", operation_id = "get_appointment", params(("id" = AppointmentId, Path)),
    responses((status = 200, body = Versioned<AppointmentView>)))]
pub(crate) async fn get(State(state): State<AppState>, access: AppointmentAccess) -> Versioned<AppointmentView> {
    view(access.appointment, &state.hospital)
}
