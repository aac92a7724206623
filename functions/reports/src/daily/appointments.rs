//! `GET /reports/appointments`: appointments, day by day.

use axum::{extract::State, response::Response};
use domain::{figures::Subject, id::DoctorId, text::Specialization};
use http::{AppState, Fields, Problem, Query, auth::Caller};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{AppointmentReport, ReportFormat, report};
use crate::{figures::AppointmentFigures, period::period};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AppointmentsReportQuery {
    /// The first day. When left out: 29 days before the last one.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last day, at most 366 days in all. When left out: today, or 29 days after `from` if that is earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
    /// Only those with this doctor.
    #[param(value_type = Option<DoctorId>)]
    doctor_id: Option<String>,
    /// Only those with doctors of this specialization. Give this or `doctor_id`.
    #[param(value_type = Option<Specialization>)]
    specialization: Option<String>,
    /// The form of the answer.
    #[param(inline, value_type = Option<ReportFormat>)]
    format: Option<String>,
}

/// Report appointments
///
/// How many were booked, held, cancelled and missed, on the day for which they are booked: also on days ahead. What happens shows a moment later.
#[utoipa::path(get, path = "/reports/appointments", tag = "reports", operation_id = "report_appointments", params(AppointmentsReportQuery),
    responses((status = 200, content((AppointmentReport = "application/json"), (String = "text/csv")))))]
pub(crate) async fn appointments(
    State(state): State<AppState>,
    _: Caller,
    Query(query): Query<AppointmentsReportQuery>,
) -> Result<Response, Problem> {
    let mut fields = Fields::default();
    let period = period(&mut fields, query.from, query.to, state.today());
    let doctor = fields.optional("doctor_id", query.doctor_id, |text| text.parse::<DoctorId>());
    let specialization = fields.optional("specialization", query.specialization, |text| Specialization::parse(&text));
    let format = fields.optional("format", query.format, |text| ReportFormat::parse(&text));
    let (Some(period), Some(doctor), Some(specialization), Some(format)) = (period, doctor, specialization, format) else {
        return Err(fields.problem());
    };
    let subject = match (doctor, specialization) {
        (Some(_), Some(_)) => {
            return Err(Problem::invalid_field("specialization", "not_both", "Give a doctor or a specialization, not both."));
        }
        (Some(doctor), None) => Subject::Doctor(doctor),
        (None, Some(specialization)) => Subject::specialization(&specialization),
        (None, None) => Subject::Hospital,
    };
    if let Some(id) = doctor
        && state.store.doctor(id).await?.is_none()
    {
        return Err(Problem::invalid_field("doctor_id", "unknown_doctor", "There is no such doctor."));
    }
    report::<AppointmentFigures>(&state, &subject, period, format).await
}
