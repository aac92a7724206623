//! `GET /appointments/{id}`: one visit.

use axum::extract::State as Extract;
use shared::{
    State,
    http::{Refusals, Versioned},
};

use crate::{
    authority::Visit,
    view::{AppointmentView, view},
};

/// Read a visit
///
/// Its patient, its doctor and the front desk see it.
#[utoipa::path(get, path = "/appointments/{id}", tag = "appointments", operation_id = "get_appointment", params(("id" = String, Path)),
    responses((status = 200, body = AppointmentView), Refusals))]
pub(crate) async fn get(Extract(state): Extract<State>, visit: Visit) -> Versioned<AppointmentView> {
    view(visit.appointment, &state.house)
}
