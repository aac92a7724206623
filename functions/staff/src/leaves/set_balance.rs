//! `POST /leaves/balances`: say how many days of a type of leave somebody has in a year.

use axum::extract::State;
use domain::{Invalid, id::UserId, leave::LeaveType};
use http::{AppState, Fields, Json, Problem, auth::Caller, refusals};
use serde::Deserialize;
use store::trail;
use utoipa::ToSchema;

use super::{balances::BalanceView, in_days};

refusals! {
    pub(crate) NotSet {
        409 "more_taken" { days_taken: f64 },
        409 "not_yourself",
    }
}

/// The most days that a year can have.
const MOST_DAYS: f64 = 366.0;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetBalanceRequest {
    #[schema(value_type = UserId)]
    user_id: Option<String>,
    #[schema(value_type = i16, minimum = 2000, maximum = 9999)]
    year: Option<i16>,
    #[serde(rename = "type")]
    #[schema(value_type = LeaveType)]
    what: Option<String>,
    /// How many days the year has, in half days.
    #[schema(value_type = f64, minimum = 0, maximum = 366, multiple_of = 0.5)]
    days: Option<f64>,
}

/// Set a leave balance
///
/// Says how many days of a type of leave somebody has in a year, instead of the usual number. What was taken stays taken.
#[utoipa::path(post, path = "/leaves/balances", tag = "leave", operation_id = "set_leave_balance", request_body = SetBalanceRequest,
    responses((status = 200, body = BalanceView), NotSet))]
pub(crate) async fn set_balance(
    State(state): State<AppState>,
    caller: Caller,
    Json(request): Json<SetBalanceRequest>,
) -> Result<Json<BalanceView>, Problem> {
    let mut fields = Fields::default();
    let user = fields.required("user_id", request.user_id, |text| text.parse::<UserId>());
    let year = fields.required("year", request.year, |year| super::balances::parse_year(&year.to_string()));
    let what = fields.required("type", request.what, |text| LeaveType::parse(&text));
    let half_days = fields.required("days", request.days, half_days);
    let (Some(user), Some(year), Some(what), Some(half_days)) = (user, year, what, half_days) else { return Err(fields.problem()) };
    if user == caller.user_id {
        return Err(Problem::conflict("not_yourself", "You cannot set your own balance. Ask another administrator."));
    }
    trail::account(user);
    trail::detail(format!("{} {year}: {} days", what.as_str(), in_days(half_days)));
    let account = state.store.account(user).await?.map(|stored| stored.account);
    if !account.is_some_and(|account| account.roles.iter().any(|role| role.is_staff())) {
        return Err(Problem::invalid_field("user_id", "unknown", "Nobody with this id works here."));
    }
    match state.store.leave_balance_set(user, year, what, half_days).await? {
        Ok(balance) => Ok(Json(BalanceView::of(balance))),
        Err(taken) => {
            let days = in_days(taken);
            Err(Problem::conflict("more_taken", format!("Taken already, in days: {days}. Grant at least that many."))
                .with("days_taken", days))
        }
    }
}

/// Days as half days.
fn half_days(days: f64) -> Result<u16, Invalid> {
    let doubled = days * 2.0;
    if (0.0..=MOST_DAYS).contains(&days) && doubled.fract() == 0.0 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 0 to 732")]
        return Ok(doubled as u16);
    }
    Err(Invalid::new("invalid_days", "Use 0 to 366 days, in halves."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_days() {
        assert_eq!([0.0, 0.5, 28.0, 366.0].map(|days| half_days(days).unwrap()), [0, 1, 56, 732]);
        assert!([-0.5, 0.25, 366.5, f64::NAN, f64::INFINITY].into_iter().all(|days| half_days(days).is_err()));
    }
}
