//! `GET /leaves/balances`: what somebody has left of each type of leave in a year.

use axum::extract::State;
use domain::{Invalid, id::UserId, leave::LeaveType, policy::Relationship};
use http::{AppState, Fields, Json, Problem, Query, auth::Caller};
use serde::{Deserialize, Serialize};
use store::{leave::Balance, trail};
use utoipa::{IntoParams, ToSchema};

use super::in_days;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BalancesQuery {
    /// Whose, for administrators. When left out: your own.
    #[param(value_type = Option<UserId>)]
    user_id: Option<String>,
    /// The year. When left out: this year.
    #[param(value_type = Option<i16>, minimum = 2000, maximum = 9999)]
    year: Option<String>,
}

/// What somebody has left of each type of leave in a year.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BalancesView {
    user_id: UserId,
    year: i16,
    items: Vec<BalanceView>,
}

/// What somebody has left of a type of leave in a year, in days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BalanceView {
    #[serde(rename = "type")]
    what: LeaveType,
    /// How many days the year has.
    days_granted: f64,
    /// How many of them are left. Leave that waits for a decision is not taken off.
    days_left: f64,
}

impl BalanceView {
    pub(super) fn of(balance: Balance) -> Self {
        Self { what: balance.what, days_granted: in_days(balance.granted), days_left: in_days(balance.left) }
    }
}

/// Parses a year.
pub(super) fn parse_year(text: &str) -> Result<i16, Invalid> {
    let year = text.parse().ok().filter(|year| (2000..=9999).contains(year));
    year.ok_or_else(|| Invalid::new("invalid_year", "Use a year from 2000 to 9999."))
}

/// Read leave balances
#[utoipa::path(get, path = "/leaves/balances", tag = "leave", operation_id = "get_leave_balances", params(BalancesQuery),
    responses((status = 200, body = BalancesView)))]
pub(crate) async fn balances(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<BalancesQuery>,
) -> Result<Json<BalancesView>, Problem> {
    let mut fields = Fields::default();
    let user = fields.optional("user_id", query.user_id, |text| text.parse::<UserId>());
    let year = fields.optional("year", query.year, |text| parse_year(&text));
    let (Some(user), Some(year)) = (user, year) else { return Err(fields.problem()) };
    let user_id = user.unwrap_or(caller.user_id);
    let own = (user_id == caller.user_id).then_some(Relationship::Own);
    if !caller.may(&own.into_iter().collect()) {
        return Err(Problem::forbidden("Only administrators can read the balances of others."));
    }
    trail::account(user_id);
    if user_id != caller.user_id {
        let account = state.store.account(user_id).await?.map(|stored| stored.account);
        if !account.is_some_and(|account| account.roles.iter().any(|role| role.is_staff())) {
            return Err(Problem::invalid_field("user_id", "unknown", "Nobody with this id works here."));
        }
    }
    let year = year.unwrap_or_else(|| state.today().year());
    let items = state.store.leave_balances(user_id, year).await?.into_iter().map(BalanceView::of).collect();
    Ok(Json(BalancesView { user_id, year, items }))
}
