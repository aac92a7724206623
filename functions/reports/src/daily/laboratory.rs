//! `GET /reports/laboratory`: lab tests, day by day.

use axum::{extract::State, response::Response};
use domain::{figures::Subject, id::LaboratoryId};
use http::{AppState, Fields, Problem, Query, auth::Caller};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{LaboratoryReport, ReportFormat, report};
use crate::{figures::LaboratoryFigures, period::period};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LaboratoryReportQuery {
    /// The first day. When left out: 29 days before the last one.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last day, at most 366 days in all. When left out: today, or 29 days after `from` if that is earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
    /// Only this laboratory. When left out: all.
    #[param(value_type = Option<LaboratoryId>)]
    laboratory_id: Option<String>,
    /// The form of the answer.
    #[param(inline, value_type = Option<ReportFormat>)]
    format: Option<String>,
}

/// Report lab tests
///
/// How many were ordered, collected, rejected and released, and how long they took, each on its day. Days ahead are left out. What happens shows a moment later.
#[utoipa::path(get, path = "/reports/laboratory", tag = "reports", operation_id = "report_laboratory", params(LaboratoryReportQuery),
    responses((status = 200, content((LaboratoryReport = "application/json"), (String = "text/csv")))))]
pub(crate) async fn laboratory(
    State(state): State<AppState>,
    _: Caller,
    Query(query): Query<LaboratoryReportQuery>,
) -> Result<Response, Problem> {
    let mut fields = Fields::default();
    let period = period(&mut fields, query.from, query.to, state.today());
    let laboratory = fields.optional("laboratory_id", query.laboratory_id, |text| text.parse::<LaboratoryId>());
    let format = fields.optional("format", query.format, |text| ReportFormat::parse(&text));
    let (Some(period), Some(laboratory), Some(format)) = (period, laboratory, format) else { return Err(fields.problem()) };
    if let Some(id) = laboratory
        && state.store.laboratory(id).await?.is_none()
    {
        return Err(Problem::invalid_field("laboratory_id", "unknown_laboratory", "There is no such laboratory."));
    }
    let subject = laboratory.map_or(Subject::Hospital, Subject::Laboratory);
    report::<LaboratoryFigures>(&state, &subject, period, format).await
}
