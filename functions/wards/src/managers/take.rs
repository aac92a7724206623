//! `POST /wards/{ward}/managers`: take a shift of a ward, or give it to somebody.

use axum::extract::State;
use domain::{id::UserId, role::Role, shifts::ShiftTime, ward::Ward, ward_manager::ManagerShift};
use http::{AppState, Fields, Json, Problem, refusals};
use serde::Deserialize;
use store::{StoreError, trail, wards::ManagerError};
use utoipa::ToSchema;

use super::ManagerView;
use crate::authority::OnWard;

refusals! {
    pub(crate) NotTaken {
        409 "shift_taken" { user_id: UserId },
        409 "manages_another" { ward: Ward, shift: ShiftTime },
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeShiftRequest {
    /// `night` (00:00 to 08:00), `day` (08:00 to 16:00) or `evening` (16:00 to 24:00) in the hospital's time zone.
    #[schema(value_type = ShiftTime)]
    shift: Option<String>,
    /// For administrators: to whom they give the shift.
    #[schema(value_type = Option<UserId>)]
    user_id: Option<String>,
}

/// Take a shift of a ward as its manager
///
/// Every day, until it is released. A ward has one manager in each of its three shifts, and a manager has one shift of one ward. Managers act on
/// their ward while their shift is on.
#[utoipa::path(post, path = "/wards/{ward}/managers", tag = "wards", operation_id = "take_ward_shift", params(("ward" = Ward, Path)),
    request_body = TakeShiftRequest, responses((status = 200, body = ManagerView), NotTaken))]
pub(crate) async fn take(
    State(state): State<AppState>,
    on: OnWard,
    Json(request): Json<TakeShiftRequest>,
) -> Result<Json<ManagerView>, Problem> {
    let mut fields = Fields::default();
    let shift = fields.required("shift", request.shift, |text| ShiftTime::parse(&text));
    let user_id = fields.optional("user_id", request.user_id, |text| text.parse::<UserId>());
    let (Some(shift), Some(user_id)) = (shift, user_id) else { return Err(fields.problem()) };
    let manages = on.caller.roles.contains(&Role::WardManager);
    let user_id = match user_id {
        Some(user_id) => user_id,
        None if manages => on.caller.user_id,
        None => return Err(Problem::invalid_field("user_id", "required", "Say to whom you give the shift.")),
    };
    if user_id != on.caller.user_id && !on.caller.roles.contains(&Role::Administrator) {
        return Err(Problem::forbidden("You can take a shift for yourself. Administrators give shifts to others."));
    }
    trail::account(user_id);
    let account = state.store.account(user_id).await?.map(|stored| stored.account);
    let account = account.filter(|account| account.active_roles().contains(&Role::WardManager));
    let not_in_role = || Problem::invalid_field("user_id", "not_in_role", "Name an active account that has the role `ward_manager`.");
    let account = account.ok_or_else(not_in_role)?;
    let taken = ManagerShift { ward: on.ward.ward, shift, user_id, since: state.clock.now() };
    match state.store.ward_manager_begin(&taken, &account).await {
        Ok(()) => Ok(Json(ManagerView::of(taken, &state).await?.ok_or_else(|| Problem::not_found("account"))?)),
        Err(ManagerError::Taken(by)) => {
            let detail = "Somebody manages this shift. An administrator can release it. See `GET /wards/{ward}/managers`.";
            Err(Problem::conflict("shift_taken", detail).with("user_id", by))
        }
        Err(ManagerError::HasAnother(other)) => {
            let detail = format!(
                "Each manager has one shift. This one is that of the ward {} in the {} shift. Release it first.",
                other.ward.in_words(),
                other.shift.as_str()
            );
            Err(Problem::conflict("manages_another", detail).with("ward", other.ward).with("shift", other.shift))
        }
        Err(ManagerError::NoWard) => Err(Problem::not_found("ward")),
        Err(ManagerError::Changed) => Err(StoreError::Unavailable("the account is changed by others at this moment".into()).into()),
        Err(ManagerError::Store(error)) => Err(error.into()),
    }
}
