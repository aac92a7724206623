//! Who works in a laboratory.

pub(crate) mod add;
pub(crate) mod list;
pub(crate) mod release;

use domain::{id::UserId, instant::Instant, laboratory::Technician, text::PersonName};
use http::{AppState, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody who works in a laboratory.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TechnicianView {
    user_id: UserId,
    name: PersonName,
    since: Instant,
}

impl TechnicianView {
    pub(crate) async fn of(technician: Technician, state: &AppState) -> Result<Option<Self>, Problem> {
        let account = state.store.account(technician.user_id).await?;
        let since = state.hospital.instant(technician.since);
        Ok(account.map(|stored| Self { user_id: technician.user_id, name: stored.account.name, since }))
    }
}
