//! `GET /reports/emergency`: emergencies, day by day.

use axum::{extract::State, response::Response};
use domain::{figures::Subject, triage::TriageLevel, ward::Ward};
use http::{AppState, Fields, Problem, Query, auth::Caller};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{EmergencyReport, ReportFormat, report};
use crate::{authority::managed_ward, figures::EmergencyFigures, period::period};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EmergencyReportQuery {
    /// The first day. When left out: 29 days before the last one.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last day, at most 366 days in all. When left out: today, or 29 days after `from` if that is earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
    /// Only this level of triage: the one that the patient had when a doctor saw them, or has now. When left out: all.
    #[param(value_type = Option<TriageLevel>)]
    level: Option<String>,
    /// The form of the answer.
    #[param(inline, value_type = Option<ReportFormat>)]
    format: Option<String>,
}

/// Report emergencies and how long they waited
///
/// On the day on which the patient came. The manager of the emergency ward sees it, too. Days ahead are left out. What happens shows a moment later.
#[utoipa::path(get, path = "/reports/emergency", tag = "reports", operation_id = "report_emergency", params(EmergencyReportQuery),
    responses((status = 200, content((EmergencyReport = "application/json"), (String = "text/csv")))))]
pub(crate) async fn emergency(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<EmergencyReportQuery>,
) -> Result<Response, Problem> {
    let mut fields = Fields::default();
    let period = period(&mut fields, query.from, query.to, state.today());
    let level = fields.optional("level", query.level, |text| TriageLevel::parse(&text));
    let format = fields.optional("format", query.format, |text| ReportFormat::parse(&text));
    let (Some(period), Some(level), Some(format)) = (period, level, format) else { return Err(fields.problem()) };
    if managed_ward(&state, &caller).await?.is_some_and(|own| own != Ward::Emergency) {
        return Err(Problem::forbidden("You see this if you manage the emergency ward."));
    }
    let subject = level.map_or(Subject::Hospital, Subject::Level);
    report::<EmergencyFigures>(&state, &subject, period, format).await
}
