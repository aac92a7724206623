//! `GET /appointments/calendar`: a doctor's appointments of several days.

use axum::extract::State;
use domain::id::{AppointmentId, DoctorId};
use http::{AppState, Fields, Json, Problem, Query, auth::Caller, days};
use jiff::{SignedDuration, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::day::{DayLineView, next};

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
    let named = fields.optional("doctor_id", query.doctor_id, |text| text.parse());
    let today = state.today();
    let (from, to) = days(query.from, query.to, today, &mut fields)?;
    let Some(named) = named else { return Err(fields.problem()) };
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
    let (hospital, zone) = (&state.hospital, &state.hospital.zone);
    let span = (hospital.midnight(from), hospital.midnight(to.saturating_add(1.day())) - SignedDuration::from_secs(1));
    let entries = state.store.appointments_of_doctor(doctor, span).await?;
    let of_today = entries.iter().filter(|entry| entry.slot.day(zone) == today && entry.needs_new_time.is_none());
    let next = next(of_today.map(|entry| (entry.id, entry.status.as_str(), entry.arrived_at)));
    Ok(Json(CalendarView { from, to, next, items: entries.into_iter().map(|entry| DayLineView::of(entry, hospital)).collect() }))
}
