//! `GET /on-duty`: who is on duty, now or at another moment.

use axum::extract::State;
use domain::{
    Invalid,
    instant::{Instant, parse_instant},
    role::Role,
    roster::role_on_roster,
    ward::Ward,
};
use http::{AppState, Fields, Json, Problem, Query, auth::Caller};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::view::DutyView;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OnDutyQuery {
    /// Only those who work in this role.
    #[param(value_type = Option<Role>)]
    role: Option<String>,
    /// Only those who work on this ward.
    #[param(value_type = Option<Ward>)]
    ward: Option<String>,
    /// The moment, with its UTC offset, at most 400 days ago or ahead. When left out: now.
    #[param(value_type = Option<Instant>)]
    at: Option<String>,
}

/// Who is on duty.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OnDuty {
    at: Instant,
    items: Vec<DutyView>,
}

/// The roster goes a year ahead, and is kept for a little more than that.
fn on_roster(at: Timestamp, now: Timestamp) -> Result<Timestamp, Invalid> {
    let reach = SignedDuration::from_hours(400 * 24);
    if at.duration_since(now).abs() <= reach {
        return Ok(at);
    }
    let code = if at < now { "too_long_ago" } else { "too_far_ahead" };
    Err(Invalid::new(code, "Choose a moment at most 400 days ago or ahead."))
}

/// Find who is on duty
///
/// Whoever is on leave is not on duty, and neither is somebody whose account was suspended. Of the receptionists it is one: when the one on
/// duty is on leave, a spare is. A change of the roster shows a moment later.
#[utoipa::path(get, path = "/on-duty", tag = "roster", operation_id = "list_on_duty", params(OnDutyQuery),
    responses((status = 200, body = OnDuty)))]
pub(crate) async fn on_duty(State(state): State<AppState>, _: Caller, Query(query): Query<OnDutyQuery>) -> Result<Json<OnDuty>, Problem> {
    let mut fields = Fields::default();
    let role = fields.optional("role", query.role, |text| role_on_roster(&text));
    let ward = fields.optional("ward", query.ward, |text| Ward::parse(&text));
    let now = state.clock.now();
    let at = fields.optional("at", query.at, |text| parse_instant(&text).and_then(|at| on_roster(at, now)));
    let (Some(role), Some(ward), Some(at)) = (role, ward, at) else { return Err(fields.problem()) };
    let at = at.unwrap_or(now);
    let duties = state.store.on_duty(role, ward, at, &state.hospital.zone).await?;
    let items = duties.into_iter().map(|duty| DutyView::of(duty, &state.hospital)).collect();
    Ok(Json(OnDuty { at: state.hospital.instant(at), items }))
}
