//! Reports day by day.

pub(crate) mod appointments;
pub(crate) mod emergency;
pub(crate) mod laboratory;
pub(crate) mod occupancy;
pub(crate) mod pharmacy;
pub(crate) mod revenue;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use domain::{
    Invalid,
    figures::{Figures, Period, Subject},
};
use http::{AppState, Json, Problem};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::figures::{
    AppointmentFigures, EmergencyFigures, LaboratoryFigures, OccupancyFigures, Over, PharmacyFigures, RevenueFigures, Shown, one,
};

macro_rules! reports {
    ($($report:ident, $day:ident of $figures:ident;)+) => {$(
        /// A report, day by day.
        #[derive(Debug, Serialize, ToSchema)]
        pub(crate) struct $report {
            #[schema(value_type = String, format = Date)]
            from: Date,
            #[schema(value_type = String, format = Date)]
            to: Date,
            /// All days together.
            total: $figures,
            /// Every day, the first one first.
            #[schema(max_items = 366)]
            days: Vec<$day>,
        }

        /// A day of a report.
        #[derive(Debug, Serialize, ToSchema)]
        pub(crate) struct $day {
            /// In the hospital's time zone.
            #[schema(value_type = String, format = Date)]
            day: Date,
            figures: $figures,
        }

        impl Reported for $figures {
            type Report = $report;

            fn report(Period { from, to }: Period, total: Self, days: Vec<(Date, Self)>) -> $report {
                let days = days.into_iter().map(|(day, figures)| $day { day, figures }).collect();
                $report { from, to, total, days }
            }
        }
    )+};
}

/// Figures that have a report. Each report has a type of its own, so that the API document names it.
trait Reported: Shown + Sized {
    type Report: Serialize;
    fn report(asked: Period, total: Self, days: Vec<(Date, Self)>) -> Self::Report;
}

reports! {
    OccupancyReport, OccupancyDay of OccupancyFigures;
    AppointmentReport, AppointmentDay of AppointmentFigures;
    EmergencyReport, EmergencyDay of EmergencyFigures;
    RevenueReport, RevenueDay of RevenueFigures;
    LaboratoryReport, LaboratoryDay of LaboratoryFigures;
    PharmacyReport, PharmacyDay of PharmacyFigures;
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum ReportFormat {
    Json,
    /// One line for each day, with the same figures.
    Csv,
}

impl ReportFormat {
    pub(crate) fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "json" => Ok(Self::Json),
            "csv" => Ok(Self::Csv),
            _ => Err(Invalid::new("invalid_format", "Use `json` or `csv`.")),
        }
    }
}

/// The report of a subject.
async fn report<T: Reported>(
    state: &AppState,
    subject: &Subject,
    asked: Period,
    format: Option<ReportFormat>,
) -> Result<Response, Problem> {
    let known = if T::BOOK.looks_ahead() { Some(asked) } else { asked.so_far(state.today()) };
    let figures = match known {
        Some(days) => state.store.figures(T::BOOK, subject, days).await?,
        None => Figures::default(),
    };
    let over = |days| T::of(&Over { figures: &figures, days, currency: state.hospital.currency });
    let days: Vec<_> = known.into_iter().flat_map(Period::days).map(|day| (day, over(one(day)))).collect();
    match format {
        None | Some(ReportFormat::Json) => Ok(Json(T::report(asked, over(known.unwrap_or(one(asked.from))), days)).into_response()),
        Some(ReportFormat::Csv) => csv(asked, &days, state),
    }
}

/// The days as a file. Amounts are in the hospital's currency, which the last column names, if there are any.
fn csv<T: Shown>(asked: Period, days: &[(Date, T)], state: &AppState) -> Result<Response, Problem> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let with = |first: &str, cells: Vec<String>, last: &str| {
        let last = T::BOOK.has_money().then(|| last.to_owned());
        [first.to_owned()].into_iter().chain(cells).chain(last).collect::<Vec<_>>()
    };
    let columns = T::COLUMNS.iter().map(|column| (*column).to_owned()).collect();
    writer.write_record(with("day", columns, "currency")).map_err(|error| Problem::internal(&error))?;
    for (day, figures) in days {
        let line = with(&day.to_string(), figures.cells(), state.hospital.currency.code());
        writer.write_record(line).map_err(|error| Problem::internal(&error))?;
    }
    let file = writer.into_inner().map_err(|error| Problem::internal(error.error()))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}-{}-{}.csv\"", T::BOOK.as_str(), asked.from, asked.to)),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, file).into_response())
}
