//! `GET /appointments/day`: everybody who comes on one day.

use std::borrow::Cow;

use axum::extract::State;
use domain::{
    Invalid,
    appointment::Status,
    availability::Because,
    id::{AppointmentId, DoctorId},
    instant::Instant,
    patient::parse_date,
    text::Specialization,
};
use http::{AppState, Fields, Json, Problem, Query, auth::Caller};
use jiff::{Timestamp, ToSpan, civil::Date};
use platform::config::Hospital;
use serde::{Deserialize, Serialize};
use store::{
    appointments::AgendaEntry,
    day_lists::{DayList, KEPT_DAYS},
};
use utoipa::{IntoParams, ToSchema};

use crate::view::{DoctorRef, PersonRef};

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DayQuery {
    /// The day, as `YYYY-MM-DD` in the hospital's time zone. Today when left out.
    #[param(value_type = Option<String>, format = Date)]
    date: Option<String>,
    /// Only this doctor's appointments. Doctors get their own, and leave it out.
    #[param(value_type = Option<DoctorId>)]
    doctor_id: Option<String>,
    /// Only appointments with doctors of this specialization.
    #[param(value_type = Option<Specialization>)]
    specialization: Option<String>,
    /// Only appointments in this status. `cancelled` ones are not on the list.
    #[param(value_type = Option<Status>)]
    status: Option<String>,
}

/// Everybody who comes on one day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayView {
    #[schema(value_type = String, format = Date)]
    date: Date,
    counts: DayCounts,
    /// The appointment that is next in a doctor's own day: the patient who has waited longest, or else the next one who is expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<AppointmentId>,
    /// By time, then by the doctor's name.
    items: Vec<DayLineView>,
}

/// How many appointments are in each status, before the list was narrowed to one status.
#[derive(Debug, Default, Serialize, ToSchema)]
struct DayCounts {
    scheduled: usize,
    rescheduled: usize,
    arrived: usize,
    completed: usize,
    no_show: usize,
    /// Of those that lie ahead, how many cannot take place as booked.
    needs_new_time: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayLineView {
    id: AppointmentId,
    patient: PersonRef,
    doctor: DoctorRef,
    starts_at: Instant,
    ends_at: Instant,
    #[schema(value_type = Status)]
    status: Cow<'static, str>,
    /// When the patient arrived, if they wait for the doctor.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_since: Option<Instant>,
    /// Why it cannot take place at this time, if so. The patient has been asked to choose another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    needs_new_time: Option<Because>,
}

struct Parsed {
    date: Date,
    doctor: Option<DoctorId>,
    specialization: Option<Specialization>,
    status: Option<&'static str>,
}

/// List the appointments of a day
///
/// For the front desk all doctors' appointments, for a doctor their own. A change is on the list a moment later. The audit log notes that
/// the list was read, but not everybody on it: it does when you open an appointment or a profile.
#[utoipa::path(get, path = "/appointments/day", tag = "appointments", operation_id = "list_day", params(DayQuery),
    responses((status = 200, body = DayView)))]
pub(crate) async fn day(State(state): State<AppState>, caller: Caller, Query(query): Query<DayQuery>) -> Result<Json<DayView>, Problem> {
    let asked = query.parse(&state)?;
    let everybodys = caller.may_without_relationship();
    let doctor = match (asked.doctor, caller.doctor_id) {
        (asked, _) if everybodys => asked,
        (None, Some(own)) => Some(own),
        (Some(asked), Some(own)) if asked == own => Some(own),
        _ => return Err(Problem::forbidden("You can list your own appointments only.")),
    };
    let mut lists = match doctor {
        Some(doctor) => state.store.day_list_of_doctor(asked.date, doctor).await?.into_iter().collect(),
        None => state.store.day_lists(asked.date).await?,
    };
    lists.retain(|list| asked.specialization.as_ref().is_none_or(|wanted| *wanted == list.specialization));

    let mut counts = DayCounts::default();
    lists.iter().flat_map(|list| &list.lines).for_each(|line| counts.add(line.status, line.needs_new_time));
    let next = lists.first().filter(|_| !everybodys).and_then(|own| {
        next(own.lines.iter().filter(|line| line.needs_new_time.is_none()).map(|line| (line.id, line.status, line.arrived_at)))
    });
    lists.sort_by(|one, other| one.doctor_name.cmp(&other.doctor_name));
    let mut items: Vec<_> = lists.into_iter().flat_map(|list| lines(list, asked.status, &state.hospital)).collect();
    items.sort_by_key(|(start, _)| *start);
    Ok(Json(DayView { date: asked.date, counts, next, items: items.into_iter().map(|(_, line)| line).collect() }))
}

/// Whom the doctor sees next, of lines by time: each with its status, and when the patient arrived.
pub(crate) fn next<'a>(mut lines: impl Iterator<Item = (AppointmentId, &'a str, Option<Timestamp>)> + Clone) -> Option<AppointmentId> {
    let waiting = lines.clone().filter(|(_, status, _)| *status == "arrived").min_by_key(|(.., arrived_at)| *arrived_at);
    let expected = || lines.find(|(_, status, _)| matches!(*status, "scheduled" | "rescheduled"));
    waiting.or_else(expected).map(|(id, ..)| id)
}

/// A doctor's lines, each with its start.
fn lines(list: DayList, status: Option<&str>, hospital: &Hospital) -> Vec<(Timestamp, DayLineView)> {
    let DayList { doctor_id, doctor_name, specialization, lines } = list;
    let wanted = lines.into_iter().filter(|line| status.is_none_or(|status| status == line.status));
    wanted
        .map(|line| {
            let view = DayLineView {
                id: line.id,
                patient: PersonRef::new(line.patient_id, line.patient_mrn, line.patient_name),
                doctor: DoctorRef::new(doctor_id, doctor_name.clone(), specialization.clone()),
                starts_at: hospital.instant(line.slot.start),
                ends_at: hospital.instant(line.slot.end),
                waiting_since: line.arrived_at.filter(|_| line.status == "arrived").map(|at| hospital.instant(at)),
                status: line.status.into(),
                needs_new_time: line.needs_new_time,
            };
            (line.slot.start, view)
        })
        .collect()
}

/// Refuses a day whose list is no longer kept: an empty list would say that nobody came.
fn not_kept(field: &str, day: Date, today: Date) -> Result<(), Problem> {
    if day >= today.saturating_sub(KEPT_DAYS.days()) {
        return Ok(());
    }
    let detail = format!("The lists of days are kept for {KEPT_DAYS} days. `GET /appointments?when=past` has what is older.");
    Err(Problem::invalid_field(field, "too_long_ago", detail))
}

impl DayLineView {
    pub(crate) fn of(entry: AgendaEntry, hospital: &Hospital) -> Self {
        let waiting = entry.arrived_at.filter(|_| entry.status == "arrived");
        Self {
            id: entry.id,
            patient: PersonRef::new(entry.patient_id, entry.patient_mrn, entry.patient_name),
            doctor: DoctorRef::new(entry.doctor_id, entry.doctor_name, entry.specialization),
            starts_at: hospital.instant(entry.slot.start),
            ends_at: hospital.instant(entry.slot.end),
            status: entry.status.into(),
            waiting_since: waiting.map(|at| hospital.instant(at)),
            needs_new_time: entry.needs_new_time,
        }
    }
}

impl DayCounts {
    fn add(&mut self, status: &str, needs_new_time: Option<Because>) {
        self.needs_new_time += usize::from(needs_new_time.is_some() && matches!(status, "scheduled" | "rescheduled"));
        let count = match status {
            "scheduled" => &mut self.scheduled,
            "rescheduled" => &mut self.rescheduled,
            "arrived" => &mut self.arrived,
            "completed" => &mut self.completed,
            "no_show" => &mut self.no_show,
            _ => return,
        };
        *count += 1;
    }
}

impl DayQuery {
    fn parse(self, state: &AppState) -> Result<Parsed, Problem> {
        let mut fields = Fields::default();
        let date = fields.optional("date", self.date, |text| parse_date(&text));
        let doctor = fields.optional("doctor_id", self.doctor_id, |text| text.parse());
        let specialization = fields.optional("specialization", self.specialization, |text| Specialization::parse(&text));
        let status = fields.optional("status", self.status, |text| {
            let known = Status::NAMES.into_iter().find(|name| *name == text);
            known.ok_or_else(|| Invalid::new("invalid_status", "Use `scheduled`, `rescheduled`, `arrived`, `completed` or `no_show`."))
        });
        let (Some(date), Some(doctor), Some(specialization), Some(status)) = (date, doctor, specialization, status) else {
            return Err(fields.problem());
        };
        let today = state.today();
        let date = date.unwrap_or(today);
        not_kept("date", date, today)?;
        Ok(Parsed { date, doctor, specialization, status })
    }
}
