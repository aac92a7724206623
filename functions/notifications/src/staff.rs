//! An account or a profile changed: the staff directory follows.

use domain::account::Account;
use store::staff::staff_roles;

use crate::{Failure, Notifications};

/// Follows a change of an account, if the directory shows the difference.
pub(crate) async fn follow_account(state: &Notifications, before: Option<&Account>, after: &Account) -> Result<(), Failure> {
    let store = &state.base.store;
    let shown = |account: &Account| (account.name.clone(), staff_roles(account), account.doctor_id);
    let changed = before.map_or(!staff_roles(after).is_empty(), |before| shown(before) != shown(after));
    if !changed {
        return Ok(());
    }
    store.staff_list_follow(after.id).await?;
    Ok(store.roster_follow_account(after.id, state.base.today()).await?)
}
