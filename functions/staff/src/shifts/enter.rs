//! `POST /shifts`: enter a shift in the roster, on one day or repeating.

use std::collections::BTreeSet;

use axum::extract::State;
use domain::{
    Invalid,
    account::Account,
    id::{ShiftId, UserId},
    patient::parse_date,
    role::Role,
    roster::{Shift, role_on_roster, ward_of_role},
    schedule::Weekday,
    shifts::{MOST_SHIFTS, ShiftTime, days},
    ward::Ward,
};
use http::{AppState, Created, Day, Fields, Json, Problem, auth::Caller, refusals};
use jiff::{Timestamp, ToSpan, civil::Date};
use serde::Deserialize;
use store::{StoreError, roster::ShiftError, trail};
use utoipa::ToSchema;

use crate::view::{ShiftView, shift_view};

refusals! {
    pub(crate) NotEntered {
        409 "works_already" { shift_id: ShiftId, date: Day, shift: ShiftTime, role: Role, ward: Option<Ward> },
        409 "on_leave" { date: Day },
        409 "seat_taken" { date: Day, shift: ShiftTime, user_id: Option<UserId> },
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnterShiftRequest {
    /// The person. Their account must be active and have the role.
    #[schema(value_type = UserId)]
    user_id: Option<String>,
    /// In which role they work. Any role except `administrator`, `patient` and `ward_manager`: ward managers have a shift every day, see
    /// `POST /wards/{ward}/managers`.
    #[schema(value_type = Role)]
    role: Option<String>,
    /// On which ward. Accountants and nurses need one, receptionists have none.
    #[schema(value_type = Option<Ward>)]
    ward: Option<String>,
    /// `night` (00:00 to 08:00), `day` (08:00 to 16:00) or `evening` (16:00 to 24:00) in the hospital's time zone.
    #[schema(value_type = ShiftTime)]
    shift: Option<String>,
    /// The day, or the first day of a shift that repeats. Not in the past, and at most a year ahead.
    #[schema(value_type = String, format = Date)]
    date: Option<String>,
    /// On which days of the week it repeats, and until when.
    repeat: Option<RepeatBody>,
    /// For receptionists: they only step in for the one on duty. A shift has one receptionist on duty, and any number of spares.
    spare: Option<bool>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RepeatBody {
    #[schema(value_type = Vec<Weekday>, min_items = 1, max_items = 7)]
    weekdays: Option<Vec<String>>,
    /// The last day on which it can be: less than a year after the first one.
    #[schema(value_type = String, format = Date)]
    until: Option<String>,
}

/// Enter a shift in the roster
///
/// On one day, or on some days of the week until a day: at most 366 at once. All of them are entered, or none. Nobody works twice at a time.
/// Of the receptionists one is on duty in a shift, and a ward has one accountant in each shift, so at most three a day. A doctor's shift
/// without a ward is time for appointments: patients can book it. One on a ward changes nothing of when the doctor can be booked. The person
/// gets one email.
#[utoipa::path(post, path = "/shifts", tag = "roster", operation_id = "enter_shift", request_body = EnterShiftRequest,
    responses((status = 201, body = Created<ShiftView>, description = "Entered"), NotEntered))]
pub(crate) async fn enter(
    State(state): State<AppState>,
    caller: Caller,
    Json(request): Json<EnterShiftRequest>,
) -> Result<Created<ShiftView>, Problem> {
    let (user_id, wanted) = request.parse(&state)?;
    trail::account(user_id);
    let unknown = || Problem::invalid_field("user_id", "unknown", "There is no account with this id.");
    let (id, now) = (ShiftId::new(state.clock.now(), state.random.u128()?), state.clock.now());
    for _ in 0..TRIES {
        let account = state.store.account(user_id).await?.ok_or_else(unknown)?.account;
        if !account.active_roles().contains(&wanted.role) {
            let detail = format!("This account is not active, or does not have the role {}.", wanted.role.in_words());
            return Err(Problem::invalid_field("user_id", "not_in_role", detail));
        }
        let shift = wanted.clone().shift(id, &account, caller.user_id, now);
        match state.store.shift_enter(&shift, &account).await {
            Ok(()) => {
                let location = format!("/shifts/{}", shift.id);
                let shown = shift_view(shift, &state.hospital);
                return Ok(Created { location, version: shown.version, body: shown.body });
            }
            Err(ShiftError::AccountChanged) => {}
            Err(why) => return Err(refused(&state, &shift, &account, why).await),
        }
    }
    Err(StoreError::Unavailable("the account is changed by others at this moment".into()).into())
}

/// How often a shift is entered when the account changes at the same moment.
const TRIES: usize = 4;

/// What is wanted, once every field is right.
#[derive(Clone)]
struct Wanted {
    role: Role,
    ward: Option<Ward>,
    time: ShiftTime,
    weekdays: BTreeSet<Weekday>,
    days: Vec<Date>,
    spare: bool,
}

impl Wanted {
    fn shift(self, id: ShiftId, account: &Account, entered_by: UserId, entered_at: Timestamp) -> Shift {
        let Self { role, ward, time, weekdays, days, spare } = self;
        let (user_id, name) = (account.id, account.name.clone());
        Shift { id, user_id, name, role, ward, time, weekdays, days, spare, entered_by, entered_at, version: 1 }
    }
}

impl EnterShiftRequest {
    fn parse(self, state: &AppState) -> Result<(UserId, Wanted), Problem> {
        let mut fields = Fields::default();
        let user_id = fields.required("user_id", self.user_id, |text| text.parse());
        let role = fields.required("role", self.role, |text| role_on_roster(&text));
        let ward = fields.optional("ward", self.ward, |text| Ward::parse(&text));
        let ward = role.zip(ward).and_then(|(role, ward)| fields.check("ward", ward_of_role(role, ward)));
        let time = fields.required("shift", self.shift, |text| ShiftTime::parse(&text));
        let date = fields.required("date", self.date, |text| parse_date(&text));
        let date = date.zip(time).and_then(|(date, time)| fields.check("date", within_reach(state, date, time)));
        let (mut weekdays, mut until) = (Some(BTreeSet::new()), date);
        if let Some(repeat) = self.repeat {
            let some = |texts: Vec<String>| {
                let days = texts.iter().take(8).map(|text| Weekday::parse(text)).collect::<Result<BTreeSet<_>, _>>()?;
                if days.is_empty() { Err(Invalid::new("required", "Choose at least one day of the week.")) } else { Ok(days) }
            };
            weekdays = fields.required("repeat.weekdays", repeat.weekdays, some);
            until = fields.required("repeat.until", repeat.until, |text| parse_date(&text));
        }
        let days = match (date, &weekdays, until) {
            (Some(first), Some(weekdays), Some(last)) => fields.check("repeat.until", days(first, weekdays, last)),
            _ => None,
        };
        let spare = self.spare.unwrap_or_default();
        if spare && role.is_some_and(|role| role != Role::Receptionist) {
            fields.refuse("spare", "not_for_role", "Only receptionists can be spares.");
        } else if let (Some(user_id), Some(role), Some(ward), Some(time), Some(weekdays), Some(days)) =
            (user_id, role, ward, time, weekdays, days)
        {
            return Ok((user_id, Wanted { role, ward, time, weekdays, days, spare }));
        }
        Err(fields.problem())
    }
}

/// A day on which the shift is not over, and at most a year ahead.
fn within_reach(state: &AppState, date: Date, time: ShiftTime) -> Result<Date, Invalid> {
    if time.on(date, &state.hospital.zone).end <= state.clock.now() {
        return Err(Invalid::new("in_the_past", "This shift is over. Choose a later day."));
    }
    if date > state.today().saturating_add(i32::try_from(MOST_SHIFTS).unwrap_or(i32::MAX).days()) {
        return Err(Invalid::new("too_far_ahead", "Choose a day within a year from today."));
    }
    Ok(date)
}

/// Names the conflict.
async fn refused(state: &AppState, shift: &Shift, account: &Account, why: ShiftError) -> Problem {
    match why {
        ShiftError::Works { date, shift_id, role, ward } => {
            let place = ward.map(|ward| format!(" on the ward {}", ward.in_words())).unwrap_or_default();
            let (name, role_name) = (&account.name, role.in_words());
            let detail = format!("{name} works as {role_name}{place} in this shift on {date}. Cancel that shift first, or choose another.");
            let refusal = Problem::conflict("works_already", detail).with("shift_id", shift_id).with("date", date);
            let refusal = refusal.with("shift", shift.time).with("role", role);
            ward.into_iter().fold(refusal, |refusal, ward| refusal.with("ward", ward))
        }
        ShiftError::OnLeave { date } => {
            let detail = format!("{} is on leave on {date}. Choose other days or another person.", account.name);
            Problem::conflict("on_leave", detail).with("date", date)
        }
        ShiftError::SeatTaken { date, by } => {
            let holder = match by {
                Some(id) => state.store.account(id).await.ok().flatten().map(|stored| stored.account.name.to_string()),
                None => None,
            };
            let (who, role) = (holder.unwrap_or_else(|| "Somebody else".to_owned()), shift.role.in_words());
            let hint = if shift.role == Role::Receptionist { ", or enter a spare" } else { "" };
            let detail = format!("{who} is the {role} in this shift on {date}. Cancel that shift first{hint}.");
            let refusal = Problem::conflict("seat_taken", detail).with("date", date).with("shift", shift.time);
            by.into_iter().fold(refusal, |refusal, by| refusal.with("user_id", by))
        }
        ShiftError::Store(error) => error.into(),
        ShiftError::Entered | ShiftError::AccountChanged | ShiftError::Stale => Problem::stale(),
    }
}
