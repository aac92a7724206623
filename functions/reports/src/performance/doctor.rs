//! `GET /performance/doctors/{doctor_id}`: how a doctor performs.

use axum::extract::State;
use domain::{
    figures::{Book, Measure, Period, Subject, mean},
    id::DoctorId,
};
use http::{AppState, Json, Path, Problem, Query, auth::Caller};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{PeriodQuery, RatingsOfPeriod, asked, total};
use crate::{
    authority::sees_doctor,
    figures::{AppointmentFigures, Cell, MINUTE, Over, Shown, percent},
};

/// How a doctor performs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DoctorPerformance {
    doctor_id: DoctorId,
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    appointments: AppointmentFigures,
    work: DoctorFigures,
    /// The ratings that were given in the months of these days: a day would show whose they are. `GET /feedback/doctors/{doctor_id}` has all of them.
    ratings: RatingsOfPeriod,
}

shown! {
    /// What a doctor did.
    DoctorFigures of Doctors |over| {
        /// Appointments for which the doctor opened an encounter.
        started: i64 = over.sum(Measure::Started),
        /// Those that began at most 15 minutes after the booked time, or after the patient arrived, whichever is later.
        started_on_time: i64 = over.sum(Measure::OnTime),
        /// The same in percent.
        #[serde(skip_serializing_if = "Option::is_none")]
        on_time_percent: Option<f64> = percent(over.sum(Measure::OnTime), over.sum(Measure::Started)),
        /// From the arrival until the encounter began, in minutes on average, where the arrival was noted.
        #[serde(skip_serializing_if = "Option::is_none")]
        mean_wait_minutes: Option<f64> = mean(over.sum(Measure::WaitSeconds), over.sum(Measure::Waited), MINUTE),
        /// Medicines that the doctor prescribed, on the day of the first version. A revision counts for the doctor who revised it.
        prescribed: i64 = over.sum(Measure::Prescribed),
        /// Those of them that the doctor prescribed although something speaks against it.
        overridden: i64 = over.sum(Measure::Overridden),
        /// The same in percent.
        #[serde(skip_serializing_if = "Option::is_none")]
        overridden_percent: Option<f64> = percent(over.sum(Measure::Overridden), over.sum(Measure::Prescribed)),
        /// Critical results of tests that the doctor ordered.
        critical_results: i64 = over.sum(Measure::Critical),
        /// Those of them that a doctor acknowledged within 30 minutes.
        acknowledged_in_time: i64 = over.sum(Measure::Acknowledged),
        /// The same in percent.
        #[serde(skip_serializing_if = "Option::is_none")]
        acknowledged_percent: Option<f64> = percent(over.sum(Measure::Acknowledged), over.sum(Measure::Critical)),
    }
}

/// Read how a doctor performs
///
/// By the doctor or an administrator. What happens shows a moment later.
#[utoipa::path(get, path = "/performance/doctors/{doctor_id}", tag = "performance", operation_id = "get_doctor_performance",
    params(("doctor_id" = DoctorId, Path), PeriodQuery), responses((status = 200, body = DoctorPerformance)))]
pub(crate) async fn doctor(
    State(state): State<AppState>,
    caller: Caller,
    Path(doctor_id): Path<DoctorId>,
    Query(query): Query<PeriodQuery>,
) -> Result<Json<DoctorPerformance>, Problem> {
    sees_doctor(&state, &caller, doctor_id).await?;
    let (asked, days) = asked(query, &state)?;
    let subject = Subject::Doctor(doctor_id);
    // Appointments ahead count as booked.
    let appointments = total(&state, &subject, Some(asked)).await?;
    let work = total(&state, &subject, days).await?;
    let currency = state.hospital.currency;
    let whole_months = |days: Period| Period { from: days.from.first_of_month(), to: days.to.last_of_month() };
    let ratings = match days.map(whole_months) {
        Some(days) => RatingsOfPeriod::of(&Over { figures: &state.store.figures(Book::Ratings, &subject, days).await?, days, currency }),
        None => RatingsOfPeriod { count: 0, average: None },
    };
    Ok(Json(DoctorPerformance { doctor_id, from: asked.from, to: asked.to, appointments, work, ratings }))
}
