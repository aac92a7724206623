//! Somebody asks for a role: administrators are told. The person's own welcome brings the token that confirms the address.

use domain::{
    account::{Account, Group},
    id::UserId,
    role::Role,
};
use mail::{EventState, MailError, Message, emails::staff};

/// Administrators are looked up in pages of this size.
const PAGE: usize = 100;

pub(crate) async fn ask_administrators(state: &EventState, account: &Account) -> Result<(), MailError> {
    let Some(role) = account.requested_role.filter(|role| role.is_staff() && !account.approved) else { return Ok(()) };
    let email = staff::role_requested(&state.hospital, account, role)?;
    to_administrators(state, &format!("{}-requested", account.id), None, &email).await
}

/// Sends an email to every administrator but the one whom it is about.
pub(crate) async fn to_administrators(state: &EventState, cause: &str, about: Option<UserId>, email: &Message) -> Result<(), MailError> {
    let mut after = None;
    loop {
        let administrators = state.store.account_list(Group::Administrators, after.as_deref(), PAGE).await?;
        for administrator in &administrators {
            let to = state.colleague(administrator.entry.id, Role::Administrator).await?;
            if let Some(to) = to.filter(|_| about != Some(administrator.entry.id)) {
                state.mailer.send(&format!("{cause}-{}", administrator.entry.id), &to, email).await?;
            }
        }
        match administrators.last() {
            Some(last) if administrators.len() == PAGE => after = Some(last.position.clone()),
            _ => return Ok(()),
        }
    }
}
