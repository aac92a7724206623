//! Who works in a pharmacy.

pub(crate) mod add;
pub(crate) mod list;
pub(crate) mod release;

use domain::{id::UserId, instant::Instant, pharmacy::Pharmacist, text::PersonName};
use http::{AppState, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody who works in a pharmacy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PharmacistView {
    user_id: UserId,
    name: PersonName,
    since: Instant,
}

impl PharmacistView {
    pub(crate) async fn of(pharmacist: Pharmacist, state: &AppState) -> Result<Option<Self>, Problem> {
        let account = state.store.account(pharmacist.user_id).await?;
        let since = state.hospital.instant(pharmacist.since);
        Ok(account.map(|stored| Self { user_id: pharmacist.user_id, name: stored.account.name, since }))
    }
}
