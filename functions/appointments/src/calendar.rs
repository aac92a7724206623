//! `GET /appointments/calendar`: a doctor's appointments of several days.

use axum::extract::State;
use domain::{
    id::{AppointmentId, DoctorId},
    patient::parse_date,
};
use http::{AppState, Fields, Json, Problem, Query, auth::Caller};
use jiff::{SignedDuration, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::day::DayLineView;

/// The longest range, in days. It bounds what a request reads.
const MAX_DAYS: i32 = 31;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CalendarQuery {
    /// The first day, as `YYYY-MM-DD` in the hospital's time zone. Today when left out.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last day, included: at most thirty days after the first. When left out: six days after the first.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
    /// The doctor, when the front desk asks. Doctors leave it out.
    #[param(value_type = Option<DoctorId>)]
    doctor_id: Option<String>,
}

/// A doctor's appointments of several days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CalendarView {
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// The appointment that is next today: the patient who has waited longest, or else the next one who is expected. Only if today is one of
    /// the days.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<AppointmentId>,
    /// By time: those that are over and those that lie ahead. Without cancelled ones.
    items: Vec<DayLineView>,
}

/// List a doctor's appointments of several days
///
/// One list of what is over and what lies ahead. The audit log notes that the list was read, but not everybody on it: it does when you open
/// an appointment or a profile.
#[utoipa::path(get, path = "/appointments/calendar", tag = "appointments", operation_id = "list_days", params(CalendarQuery),
    responses((status = 200, body = CalendarView)))]
pub(crate) async fn calendar(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<CalendarQuery>,
) -> Result<Json<CalendarView>, Problem> {
    let mut fields = Fields::default();
    let from = fields.optional("from", query.from, |text| parse_date(&text));
    let to = fields.optional("to", query.to, |text| parse_date(&text));
    let named = fields.optional("doctor_id", query.doctor_id, |text| text.parse());
    let (Some(from), Some(to), Some(named)) = (from, to, named) else { return Err(fields.problem()) };
    let doctor = match (named, caller.doctor_id) {
        (Some(named), _) if caller.may_without_relationship() => named,
        (None, Some(own)) => own,
        (Some(named), Some(own)) if named == own => own,
        (None, None) => return Err(Problem::invalid_field("doctor_id", "required", "Name a doctor.")),
        (Some(_), _) => return Err(Problem::forbidden("You can list your own appointments only.")),
    };
    if caller.doctor_id != Some(doctor) && state.store.doctor(doctor).await?.is_none() {
        return Err(Problem::invalid_field("doctor_id", "unknown", "There is nobody with this id."));
    }
    let today = state.today();
    let from = from.unwrap_or(today);
    let to = to.unwrap_or_else(|| from.saturating_add(6.days()));
    if to < from {
        return Err(Problem::invalid_field("to", "before_from", "Choose a last day that is not before the first day."));
    }
    if to > from.saturating_add((MAX_DAYS - 1).days()) {
        return Err(Problem::invalid_field("to", "range_too_long", format!("Ask for at most {MAX_DAYS} days at once.")));
    }
    let (hospital, zone) = (&state.hospital, &state.hospital.zone);
    let span = (hospital.midnight(from), hospital.midnight(to.saturating_add(1.day())) - SignedDuration::from_secs(1));
    let entries = state.store.appointments_of_doctor(doctor, span).await?;
    let of_today: Vec<_> = entries.iter().filter(|entry| entry.slot.day(zone) == today).collect();
    let waiting = of_today.iter().filter(|entry| entry.status == "arrived").min_by_key(|entry| entry.arrived_at);
    let expected = || of_today.iter().find(|entry| matches!(entry.status.as_str(), "scheduled" | "rescheduled"));
    let next = waiting.or_else(expected).map(|entry| entry.id);
    Ok(Json(CalendarView { from, to, next, items: entries.into_iter().map(|entry| DayLineView::of(entry, hospital)).collect() }))
}
