//! `GET /reports/appointments/by-doctor`: what each had in a month.

use axum::extract::State;
use domain::id::DoctorId;
use http::{AppState, Json, Listing, Page, Problem, auth::Caller};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonthQuery, compared};
use crate::figures::AppointmentFigures;

/// A line of the comparison.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppointmentsByDoctor {
    doctor_id: DoctorId,
    figures: AppointmentFigures,
}

/// Compare doctors by their appointments
///
/// What each had in a month, in no particular order. Those in which nothing ever happened are left out. What happens shows a moment later.
#[utoipa::path(get, path = "/reports/appointments/by-doctor", tag = "reports", operation_id = "compare_appointments_by_doctor", params(Listing<MonthQuery>),
    responses((status = 200, body = Page<AppointmentsByDoctor>)))]
pub(crate) async fn appointments_by_doctor(
    State(state): State<AppState>,
    _: Caller,
    listing: Listing<MonthQuery>,
) -> Result<Json<Page<AppointmentsByDoctor>>, Problem> {
    let line = |text: &str, figures| text.parse().ok().map(|doctor_id| AppointmentsByDoctor { doctor_id, figures });
    compared(&state, &listing, "doctor#", line).await
}
