//! `GET /reports/revenue`: what was billed and paid, day by day.

use axum::{extract::State, response::Response};
use domain::{billing::ChargeKind, figures::Subject};
use http::{AppState, Fields, Problem, Query, auth::Caller};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{ReportFormat, RevenueReport, report};
use crate::{figures::RevenueFigures, period::period};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RevenueReportQuery {
    /// The first day. When left out: 29 days before the last one.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last day, at most 366 days in all. When left out: today, or 29 days after `from` if that is earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
    /// Only this kind of charge. When left out: all. A payment pays each kind in proportion to what is outstanding of it, and a credit note lets what was paid for one kind pay for the others.
    #[param(value_type = Option<ChargeKind>)]
    kind: Option<String>,
    /// The form of the answer.
    #[param(inline, value_type = Option<ReportFormat>)]
    format: Option<String>,
}

/// Report what was billed and paid
///
/// On the day on which an invoice, a payment, a credit note or a refund was entered. Days ahead are left out. What happens shows a moment later.
#[utoipa::path(get, path = "/reports/revenue", tag = "reports", operation_id = "report_revenue", params(RevenueReportQuery),
    responses((status = 200, content((RevenueReport = "application/json"), (String = "text/csv")))))]
pub(crate) async fn revenue(
    State(state): State<AppState>,
    _: Caller,
    Query(query): Query<RevenueReportQuery>,
) -> Result<Response, Problem> {
    let mut fields = Fields::default();
    let period = period(&mut fields, query.from, query.to, state.today());
    let kind = fields.optional("kind", query.kind, |text| ChargeKind::parse(&text));
    let format = fields.optional("format", query.format, |text| ReportFormat::parse(&text));
    let (Some(period), Some(kind), Some(format)) = (period, kind, format) else { return Err(fields.problem()) };
    let subject = kind.map_or(Subject::Hospital, Subject::Kind);
    report::<RevenueFigures>(&state, &subject, period, format).await
}
