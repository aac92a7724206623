//! Somebody asks for a role: administrators are told. The person's own welcome brings the token that confirms the address.

use domain::{
    account::{Account, Group},
    role::Role,
};
use mail::{EventState, Link, MailError, Message};

/// Administrators are looked up in pages of this size.
const PAGE: usize = 100;

pub(crate) async fn ask_administrators(state: &EventState, account: &Account) -> Result<(), MailError> {
    let Some(role) = account.requested_role.filter(|_| !account.approved) else { return Ok(()) };
    let message = Message {
        subject: format!("{} asks for the role of {}", account.name, role.in_words()),
        paragraphs: vec![
            "Somebody has registered in a role that needs your approval. Please make sure that you know the person and that the address is theirs.".to_owned(),
            "Until you approve, they can see their own account and nothing else.".to_owned(),
        ],
        facts: vec![("Name", account.name.to_string()), ("Address", account.email.to_string()), ("Role", role.in_words())],
        link: Some(Link { label: "Approve or reject", url: state.hospital.portal(&format!("users/{}", account.id)) }),
        ..Message::default()
    };
    let mut after = None;
    loop {
        let administrators = state.store.account_list(Group::Administrators, after.as_deref(), PAGE).await?;
        for administrator in &administrators {
            let to = state.colleague(administrator.entry.id, Role::Administrator).await?;
            let id = format!("{}-requested-{}", account.id, administrator.entry.id);
            if let Some(to) = to {
                state.mailer.send(&id, &to, &message).await?;
            }
        }
        match administrators.last() {
            Some(last) if administrators.len() == PAGE => after = Some(last.position.clone()),
            _ => return Ok(()),
        }
    }
}
