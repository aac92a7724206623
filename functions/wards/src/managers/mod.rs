//! Who manages a ward, in which of its three shifts.

pub(crate) mod list;
pub(crate) mod release;
pub(crate) mod take;

use domain::{id::UserId, instant::Instant, shifts::ShiftTime, text::PersonName, ward_manager::ManagerShift};
use http::{AppState, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// Who manages a ward in one of its shifts, every day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ManagerView {
    shift: ShiftTime,
    user_id: UserId,
    name: PersonName,
    since: Instant,
    /// Whether they are at work now: the shift is on, they are not on leave, and their account is active.
    on_shift: bool,
}

impl ManagerView {
    pub(crate) async fn of(shift: ManagerShift, state: &AppState) -> Result<Option<Self>, Problem> {
        let (now, zone) = (state.clock.now(), &state.hospital.zone);
        let Some(account) = state.store.account(shift.user_id).await?.map(|stored| stored.account) else { return Ok(None) };
        let active = account.active_roles().contains(&domain::role::Role::WardManager);
        let on_shift = active && state.store.manager_at_work(&shift, now, zone).await?;
        let since = state.hospital.instant(shift.since);
        Ok(Some(Self { shift: shift.shift, user_id: shift.user_id, name: account.name, since, on_shift }))
    }
}
