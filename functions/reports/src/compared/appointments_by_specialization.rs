//! `GET /reports/appointments/by-specialization`: what each had in a month.

use axum::extract::State;
use domain::text::Specialization;
use http::{AppState, Json, Listing, Page, Problem, auth::Caller};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonthQuery, compared};
use crate::figures::AppointmentFigures;

/// A line of the comparison.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppointmentsBySpecialization {
    specialization: Specialization,
    figures: AppointmentFigures,
}

/// Compare specializations by their appointments
///
/// What each had in a month, in no particular order. Those in which nothing ever happened are left out. What happens shows a moment later.
#[utoipa::path(get, path = "/reports/appointments/by-specialization", tag = "reports", operation_id = "compare_appointments_by_specialization", params(Listing<MonthQuery>),
    responses((status = 200, body = Page<AppointmentsBySpecialization>)))]
pub(crate) async fn appointments_by_specialization(
    State(state): State<AppState>,
    _: Caller,
    listing: Listing<MonthQuery>,
) -> Result<Json<Page<AppointmentsBySpecialization>>, Problem> {
    let line = |text: &str, figures| {
        Specialization::parse(text).ok().map(|specialization| AppointmentsBySpecialization { specialization, figures })
    };
    compared(&state, &listing, "specialization#", line).await
}
