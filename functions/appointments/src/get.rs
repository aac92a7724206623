//! `GET /appointments/{id}`: one visit.

use axum::extract::State as Extract;
use domain::id::AppointmentId;
use shared::{State, http::Versioned};

use crate::{
    authority::Visit,
    view::{AppointmentView, view},
};

/// Read a visit
///
/// Its patient, its doctor and the front desk see it.
#[utoipa::path(get, path = "/appointments/{id}", tag = "appointments", operation_id = "get_appointment", params(("id" = AppointmentId, Path)),
    responses((status = 200, body = Versioned<AppointmentView>)))]
pub(crate) async fn get(Extract(state): Extract<State>, visit: Visit) -> Versioned<AppointmentView> {
    view(visit.appointment, &state.house)
}
