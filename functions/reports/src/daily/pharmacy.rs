//! `GET /reports/pharmacy`: the stock of pharmacies, day by day.

use axum::{extract::State, response::Response};
use domain::{figures::Subject, id::PharmacyId};
use http::{AppState, Fields, Problem, Query, auth::Caller};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{PharmacyReport, ReportFormat, report};
use crate::{figures::PharmacyFigures, period::period};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PharmacyReportQuery {
    /// The first day. When left out: 29 days before the last one.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last day, at most 366 days in all. When left out: today, or 29 days after `from` if that is earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
    /// Only this pharmacy. When left out: all.
    #[param(value_type = Option<PharmacyId>)]
    pharmacy_id: Option<String>,
    /// The form of the answer.
    #[param(inline, value_type = Option<ReportFormat>)]
    format: Option<String>,
}

/// Report the stock of pharmacies
///
/// Its value, what was used, what expired, and what was set aside for patients. Days ahead are left out. What happens shows a moment later.
#[utoipa::path(get, path = "/reports/pharmacy", tag = "reports", operation_id = "report_pharmacy", params(PharmacyReportQuery),
    responses((status = 200, content((PharmacyReport = "application/json"), (String = "text/csv")))))]
pub(crate) async fn pharmacy(
    State(state): State<AppState>,
    _: Caller,
    Query(query): Query<PharmacyReportQuery>,
) -> Result<Response, Problem> {
    let mut fields = Fields::default();
    let period = period(&mut fields, query.from, query.to, state.today());
    let pharmacy = fields.optional("pharmacy_id", query.pharmacy_id, |text| text.parse::<PharmacyId>());
    let format = fields.optional("format", query.format, |text| ReportFormat::parse(&text));
    let (Some(period), Some(pharmacy), Some(format)) = (period, pharmacy, format) else { return Err(fields.problem()) };
    if let Some(id) = pharmacy
        && state.store.pharmacy(id).await?.is_none()
    {
        return Err(Problem::invalid_field("pharmacy_id", "unknown_pharmacy", "There is no such pharmacy."));
    }
    let subject = pharmacy.map_or(Subject::Hospital, Subject::Pharmacy);
    report::<PharmacyFigures>(&state, &subject, period, format).await
}
