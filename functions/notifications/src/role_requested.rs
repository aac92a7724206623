//! Somebody asks for a role: administrators are told. The person's own welcome brings the token that confirms the address.

use domain::account::Account;
use mail::{EventState, MailError, emails::staff};

pub(crate) async fn ask_administrators(state: &EventState, account: &Account) -> Result<(), MailError> {
    let Some(role) = account.requested_role.filter(|role| role.is_staff() && !account.approved) else { return Ok(()) };
    let email = staff::role_requested(&state.hospital, account, role)?;
    state.to_administrators(&format!("{}-requested", account.id), None, &email).await
}
