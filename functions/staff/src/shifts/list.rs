//! `GET /shifts`: the roster of a person, a ward or a role.

use axum::extract::State;
use domain::{
    Invalid,
    id::UserId,
    role::Role,
    roster::{Duty, role_on_roster},
    shifts::ShiftTime,
    ward::Ward,
};
use http::{AppState, Fields, Json, Listing, Page, Problem, auth::Caller, days};
use jiff::civil::Date;
use serde::Deserialize;
use store::keys::RosterOf;
use utoipa::IntoParams;

use crate::view::DutyView;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RosterQuery {
    /// Whose shifts. Send it without `role` and `ward`. When all three are left out: your own.
    #[param(value_type = Option<UserId>)]
    user_id: Option<String>,
    /// The shifts of this role.
    #[param(value_type = Option<Role>)]
    role: Option<String>,
    /// The shifts on this ward.
    #[param(value_type = Option<Ward>)]
    ward: Option<String>,
    /// The first day in the hospital's time zone, as `YYYY-MM-DD`. When left out: today.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last day, included: at most thirty days after the first. When left out: six days after the first.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
}

/// A place in the list: after the shift of a person.
type Place = (Date, ShiftTime, UserId);

/// List the roster
///
/// The shifts of a person, of a ward, of a role, or of a role on a ward, day by day. A change shows a moment later, except in a person's own
/// list.
#[utoipa::path(get, path = "/shifts", tag = "roster", operation_id = "list_shifts", params(Listing<RosterQuery>),
    responses((status = 200, body = Page<DutyView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    listing: Listing<RosterQuery>,
) -> Result<Json<Page<DutyView>>, Problem> {
    let (mut fields, query) = (Fields::default(), listing.filter.clone());
    let user = fields.optional("user_id", query.user_id, |text| text.parse::<UserId>());
    let role = fields.optional("role", query.role, |text| role_on_roster(&text));
    let ward = fields.optional("ward", query.ward, |text| Ward::parse(&text));
    let span = days(query.from, query.to, state.today(), &mut fields)?;
    let (Some(user), Some(role), Some(ward)) = (user, role, ward) else { return Err(fields.problem()) };
    if user.is_some() && (role.is_some() || ward.is_some()) {
        return Err(Problem::invalid_field("user_id", "one_of", "Send a person, or a role and a ward, not both."));
    }
    let (role_name, ward_name) = (role.map_or("", Role::as_str), ward.map_or("", Ward::as_str));
    let user = user.or_else(|| (role.is_none() && ward.is_none()).then_some(caller.user_id));
    let list = format!("roster?{}&{role_name}&{ward_name}&{}&{}", user.map(|id| id.to_string()).unwrap_or_default(), span.0, span.1);
    let after = listing
        .after(&state.cursors, &list)?
        .as_deref()
        .map(place)
        .transpose()
        .map_err(|why| Problem::invalid_field("cursor", why.code, why.detail))?;

    let wanted = listing.limit + 1;
    let found = match (user, role, ward) {
        (Some(user), ..) => {
            let mut duties = state.store.duties_of_person(user, span).await?;
            duties.retain(|duty| after.is_none_or(|after| place_of(duty) > after));
            duties.truncate(wanted);
            duties
        }
        (None, role, Some(ward)) => state.store.duties(RosterOf::Ward(ward), role, span, after, wanted).await?,
        (None, Some(role), None) => state.store.duties(RosterOf::Role(role), None, span, after, wanted).await?,
        (None, None, None) => Vec::new(),
    };
    let seal = |last: &Duty| {
        let (date, time, user) = place_of(last);
        state.cursors.seal(&list, &format!("{date}#{}#{user}", time.as_str()))
    };
    Ok(Json(Page::cut(found, listing.limit, seal).map(|duty| DutyView::of(duty, &state.hospital))))
}

const fn place_of(duty: &Duty) -> Place {
    (duty.date, duty.time, duty.user_id)
}

fn place(position: &str) -> Result<Place, Invalid> {
    let unknown = || Invalid::new("invalid_cursor", "Send the `next_cursor` of the page before.");
    let mut parts = position.split('#');
    let mut part = || parts.next().ok_or_else(unknown);
    Ok((part()?.parse().map_err(|_| unknown())?, ShiftTime::parse(part()?)?, part()?.parse()?))
}
