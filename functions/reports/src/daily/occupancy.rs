//! `GET /reports/occupancy`: beds and who lay in them, day by day.

use axum::{extract::State, response::Response};
use domain::{figures::Subject, ward::Ward};
use http::{AppState, Fields, Problem, Query, auth::Caller};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{OccupancyReport, ReportFormat, report};
use crate::{authority::managed_ward, figures::OccupancyFigures, period::period};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OccupancyReportQuery {
    /// The first day. When left out: 29 days before the last one.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last day, at most 366 days in all. When left out: today, or 29 days after `from` if that is earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
    /// Only this ward. When left out: the whole hospital, or for a ward manager their own ward.
    #[param(value_type = Option<Ward>)]
    ward: Option<String>,
    /// The form of the answer.
    #[param(inline, value_type = Option<ReportFormat>)]
    format: Option<String>,
}

/// Report beds and who lay in them
///
/// The beds, the patients at midnight, and who came and left, day by day. Ward managers see the ward that they manage. Days ahead are left out. What happens shows a moment later.
#[utoipa::path(get, path = "/reports/occupancy", tag = "reports", operation_id = "report_occupancy", params(OccupancyReportQuery),
    responses((status = 200, content((OccupancyReport = "application/json"), (String = "text/csv")))))]
pub(crate) async fn occupancy(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<OccupancyReportQuery>,
) -> Result<Response, Problem> {
    let mut fields = Fields::default();
    let period = period(&mut fields, query.from, query.to, state.today());
    let ward = fields.optional("ward", query.ward, |text| Ward::parse(&text));
    let format = fields.optional("format", query.format, |text| ReportFormat::parse(&text));
    let (Some(period), Some(ward), Some(format)) = (period, ward, format) else { return Err(fields.problem()) };
    let ward = match managed_ward(&state, &caller).await? {
        None => ward,
        Some(own) if ward.is_none_or(|ward| ward == own) => Some(own),
        Some(own) => return Err(Problem::forbidden(format!("You see the ward that you manage: {}.", own.in_words()))),
    };
    let subject = ward.map_or(Subject::Hospital, Subject::Ward);
    report::<OccupancyFigures>(&state, &subject, period, format).await
}
