//! Everybody's accounts, for administrators.

pub(crate) mod add_doctor;
pub(crate) mod approve;
pub(crate) mod confirm_patient;
pub(crate) mod get;
pub(crate) mod invite;
pub(crate) mod list;
pub(crate) mod open_for_patient;
pub(crate) mod reinstate;
pub(crate) mod reject;
pub(crate) mod rename;
pub(crate) mod roles;
pub(crate) mod suspend;

use domain::{
    account::{Account, Refused},
    id::UserId,
    role::Role,
};
use http::{IfMatch, Problem, Versioned, auth::Caller};
use store::{
    accounts::{AccountChange, StoredAccount},
    trail,
};

use crate::{
    Users,
    refused::{not_changed, refused},
    view::{AccountView, view},
};

/// A decision of an administrator about another person's account. Nobody decides about their own account. So the hospital always keeps an
/// administrator, even when several decide about each other at the same time.
async fn decide(
    users: &Users,
    caller: &Caller,
    id: UserId,
    if_match: IfMatch,
    decision: impl FnOnce(Account) -> Result<Account, Refused>,
) -> Result<Versioned<AccountView>, Problem> {
    if caller.user_id == id {
        return Err(Problem::conflict("not_yourself", "You cannot decide about your own account. Ask another administrator."));
    }
    let before = users.base.store.account(id).await?.ok_or_else(|| Problem::not_found("account"))?;
    if_match.check(before.account.version)?;
    let after = StoredAccount { account: decision(before.account.clone()).map_err(refused)?, ..before.clone() };
    let role = after.account.requested_role.or(before.account.requested_role);
    let roles = after.account.roles.iter().copied().chain(role.filter(|role| !after.account.roles.contains(role)));
    trail::detail(match &before.account.name {
        name if *name == after.account.name => {
            format!("{}: {}", after.account.status.as_str(), roles.map(Role::as_str).collect::<Vec<_>>().join(", "))
        }
        earlier => format!("name was: {earlier}"),
    });
    let change = AccountChange { by: Some(caller.user_id), ..AccountChange::new(&before, &after) };
    users.base.store.account_change(change).await.map_err(not_changed)?;
    Ok(view(after.account, None, &users.base.hospital))
}
