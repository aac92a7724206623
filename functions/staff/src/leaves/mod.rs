//! Leave: ask for it, decide about it, give it back. `domain::leave` has the rules.

pub(crate) mod approve;
pub(crate) mod ask;
pub(crate) mod balances;
pub(crate) mod cancel;
pub(crate) mod change;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod reject;
pub(crate) mod set_balance;
pub(crate) mod withdraw;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use domain::{
    account::Account,
    id::{AppointmentId, LeaveId, UserId},
    instant::Instant,
    leave::{Decision, Leave, LeaveSpan, LeaveStatus, LeaveType, Refused},
    patient::parse_date,
    policy::Relationship,
    text::{PersonName, Reason},
};
use http::{AppState, Day, Fields, Path, Problem, Versioned, auth::Caller, refusals};
use jiff::{SignedDuration, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use store::{
    leave::{LeaveEntry, LeaveError},
    trail,
};
use utoipa::ToSchema;

use crate::view::DutyView;

/// How many appointments and shifts the impact names.
const NAMED: usize = 100;

refusals! {
    pub(crate) NotAsked {
        409 "leave_overlaps" { leave_id: LeaveId, date: Day },
    }
    pub(crate) NotDecided {
        409 "wrong_status" { current_status: LeaveStatus },
        409 "not_yourself",
    }
    pub(crate) NotApproved {
        409 "not_enough_left" { year: i16, days_left: f64 },
    }
    pub(crate) NotPending {
        409 "wrong_status" { current_status: LeaveStatus },
    }
    pub(crate) NotGivenBack {
        409 "wrong_status" { current_status: LeaveStatus },
        409 "leave_over",
    }
}

/// Somebody's leave.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeaveView {
    #[serde(flatten)]
    summary: LeaveSummary,
    /// Why, in the person's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// Who decided last.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<Instant>,
    /// What they say about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Reason>,
    /// What the leave is in the way of, while it waits for a decision or is granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    impact: Option<ImpactView>,
}

/// Leave in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeaveSummary {
    id: LeaveId,
    user_id: UserId,
    name: PersonName,
    #[serde(rename = "type")]
    what: LeaveType,
    /// The first day.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The last day, included.
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// Whether the person still works on the morning of the first day.
    starts_at_noon: bool,
    /// Whether the person works again in the afternoon of the last day.
    ends_at_noon: bool,
    /// How many days it is, in half days. Every calendar day counts.
    days: f64,
    status: LeaveStatus,
    asked_at: Instant,
}

/// What leave is in the way of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImpactView {
    /// The person's shifts in that time, at most 100: somebody else has to cover them.
    shifts: Vec<DutyView>,
    /// The doctor's appointments in that time, at most 100. Once the leave is granted, their patients are asked to choose another time.
    appointments: Vec<AppointmentInTheWay>,
}

/// An appointment in the time of a leave.
#[derive(Debug, Serialize, ToSchema)]
struct AppointmentInTheWay {
    id: AppointmentId,
    starts_at: Instant,
    ends_at: Instant,
}

fn summary(entry: LeaveEntry, state: &AppState) -> LeaveSummary {
    LeaveSummary {
        id: entry.id,
        user_id: entry.user_id,
        name: entry.name,
        what: entry.what,
        from: entry.span.from,
        to: entry.span.to,
        starts_at_noon: entry.span.starts_at_noon,
        ends_at_noon: entry.span.ends_at_noon,
        days: in_days(entry.span.by_year().values().sum()),
        status: entry.status,
        asked_at: state.hospital.instant(entry.asked_at),
    }
}

/// Half days as days.
fn in_days(half_days: u16) -> f64 {
    f64::from(half_days) / 2.0
}

/// Leave with what it is in the way of. `account` is the person's.
async fn view(leave: Leave, account: &Account, state: &AppState) -> Result<Versioned<LeaveView>, Problem> {
    let open = matches!(leave.status, LeaveStatus::Pending | LeaveStatus::Approved);
    let impact = if open { Some(impact(&leave, account, state).await?) } else { None };
    let Leave { id, user_id, name, what, span, status, asked_at, .. } = leave.clone();
    let decision = leave.decision;
    Ok(Versioned {
        version: leave.version,
        body: LeaveView {
            summary: summary(LeaveEntry { id, user_id, name, what, span, status, asked_at }, state),
            reason: leave.reason,
            decided_by: decision.as_ref().map(|decision| decision.by),
            decided_at: decision.as_ref().map(|decision| state.hospital.instant(decision.at)),
            note: decision.and_then(|decision| decision.note),
            impact,
        },
    })
}

async fn impact(leave: &Leave, account: &Account, state: &AppState) -> Result<ImpactView, Problem> {
    let (hospital, zone, now) = (&state.hospital, &state.hospital.zone, state.clock.now());
    let time = leave.span.slot(zone);
    let mut shifts = state.store.duties_of_person(leave.user_id, (leave.span.from, leave.span.to)).await?;
    shifts.retain(|duty| duty.slot(zone).overlaps(time) && duty.slot(zone).end > now);
    shifts.truncate(NAMED);
    let mut appointments = Vec::new();
    if let Some(doctor) = account.doctor_id {
        let last = hospital.midnight(leave.span.to.saturating_add(1.day())) - SignedDuration::from_secs(1);
        let found = state.store.appointments_of_doctor(doctor, (hospital.midnight(leave.span.from), last)).await?;
        let ahead = found.into_iter().filter(|entry| matches!(entry.status.as_str(), "scheduled" | "rescheduled"));
        appointments.extend(ahead.filter(|entry| entry.slot.overlaps(time) && entry.slot.start > now).take(NAMED));
    }
    Ok(ImpactView {
        shifts: shifts.into_iter().map(|duty| DutyView::of(duty, hospital)).collect(),
        appointments: appointments
            .into_iter()
            .map(|entry| AppointmentInTheWay {
                id: entry.id,
                starts_at: hospital.instant(entry.slot.start),
                ends_at: hospital.instant(entry.slot.end),
            })
            .collect(),
    })
}

/// The leave in the path, for the person and for administrators. Everybody else gets 404, as for leave that does not exist.
pub(crate) struct LeaveAccess {
    leave: Leave,
    caller: Caller,
    /// The account of the person whose leave it is.
    account: Account,
}

impl<S> FromRequestParts<S> for LeaveAccess
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("leave");
        let Path(id) = Path::<LeaveId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let state = AppState::from_ref(state);
        let leave = state.store.leave(id).await?.ok_or_else(missing)?;
        let own = (caller.user_id == leave.user_id).then_some(Relationship::Own);
        if !caller.may(&own.into_iter().collect()) {
            return Err(missing());
        }
        trail::account(leave.user_id);
        let account = state.store.account(leave.user_id).await?.ok_or_else(missing)?.account;
        Ok(Self { leave, caller, account })
    }
}

impl LeaveAccess {
    /// Refuses a decision about one's own leave.
    fn must_be_anothers(&self) -> Result<(), Problem> {
        if self.caller.user_id != self.leave.user_id {
            return Ok(());
        }
        Err(Problem::conflict("not_yourself", "You cannot decide about your own leave. Ask another administrator."))
    }
}

/// What somebody asks for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskForLeaveRequest {
    #[serde(rename = "type")]
    #[schema(value_type = LeaveType)]
    what: Option<String>,
    /// The first day, as `YYYY-MM-DD`: not in the past and at most a year ahead. Sick leave can begin up to 14 days ago.
    #[schema(value_type = String, format = Date)]
    from: Option<String>,
    /// The last day, included: less than 366 days after the first.
    #[schema(value_type = String, format = Date)]
    to: Option<String>,
    /// Whether you still work on the morning of the first day. No when left out.
    starts_at_noon: Option<bool>,
    /// Whether you work again in the afternoon of the last day. No when left out.
    ends_at_noon: Option<bool>,
    /// Why, in your own words. Only you and administrators see it.
    #[schema(value_type = Option<Reason>)]
    reason: Option<String>,
}

impl AskForLeaveRequest {
    fn parse(self, today: Date) -> Result<(LeaveType, LeaveSpan, Option<Reason>), Problem> {
        let mut fields = Fields::default();
        let what = fields.required("type", self.what, |text| LeaveType::parse(&text));
        let from = fields.required("from", self.from, |text| parse_date(&text));
        let to = fields.required("to", self.to, |text| parse_date(&text));
        let reason = fields.optional("reason", self.reason, |text| Reason::parse(&text));
        let (Some(what), Some(from), Some(to), Some(reason)) = (what, from, to, reason) else { return Err(fields.problem()) };
        let (starts_at_noon, ends_at_noon) = (self.starts_at_noon.unwrap_or_default(), self.ends_at_noon.unwrap_or_default());
        let span = LeaveSpan { from, to, starts_at_noon, ends_at_noon };
        let span = span.check(what, today).map_err(|(field, why)| Problem::invalid_field(field, why.code, why.detail))?;
        Ok((what, span, reason))
    }
}

/// What an administrator says about a decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecideLeaveRequest {
    /// The person reads it.
    #[schema(value_type = Option<Reason>)]
    note: Option<String>,
}

fn decision(note: Option<String>, caller: &Caller, state: &AppState) -> Result<Decision, Problem> {
    let mut fields = Fields::default();
    let note = fields.optional("note", note, |text| Reason::parse(&text));
    note.map_or_else(|| Err(fields.problem()), |note| Ok(Decision { by: caller.user_id, at: state.clock.now(), note }))
}

fn refused(why: Refused) -> Problem {
    match why {
        Refused::Status(status) => {
            let detail = format!("The leave is `{}`, so this cannot be done.", status.as_str());
            Problem::conflict("wrong_status", detail).with("current_status", status)
        }
        Refused::Over => Problem::conflict("leave_over", "Nothing of this leave is left from that day on."),
    }
}

fn not_written(why: LeaveError) -> Problem {
    match why {
        LeaveError::Overlaps { id, date } => {
            let detail = format!("You have asked for leave on {date} already: see `leave_id`. Change that leave, or choose other days.");
            Problem::conflict("leave_overlaps", detail).with("leave_id", id).with("date", date)
        }
        LeaveError::NotEnough { year, left } => {
            let days = in_days(left);
            let detail = format!("What is left of this type of leave in {year}, in days: {days}. An administrator can grant more.");
            Problem::conflict("not_enough_left", detail).with("year", year).with("days_left", days)
        }
        LeaveError::Stale => Problem::stale(),
        LeaveError::Store(error) => error.into(),
    }
}
