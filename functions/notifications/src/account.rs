//! An account changed: its owner hears of what others decided, and of what could be somebody else's doing.

use domain::account::{Account, Status};
use mail::{EventState, MailError, Message, RenderError, emails::account as emails};
use platform::config::Hospital;
use store::accounts::StoredAccount;

/// What an email is about, for its id, and the email.
type About = (&'static str, Message);

pub(crate) async fn tell(state: &EventState, before: &StoredAccount, after: &StoredAccount) -> Result<(), MailError> {
    let (hospital, was, is) = (&state.hospital, &before.account, &after.account);
    let mut told: Vec<About> = answer(hospital, was, is)?.into_iter().collect();
    // An address that nobody has shown to be theirs gets the answer that its owner may be waiting for, and nothing else.
    if was.email_confirmed || (is.email_confirmed && is.email == was.email) {
        told.extend(change(hospital, was, is)?);
        if before.password_hash.is_some() && after.password_hash.is_some() && before.password_hash != after.password_hash {
            told.push(("password", emails::password_changed(hospital)?));
        }
        let is_staff = is.roles.iter().chain(&is.requested_role).any(|role| role.is_staff());
        if was.name != is.name && is_staff {
            told.push(("name", emails::name_changed(hospital, is)?));
        }
        if was.email != is.email {
            told.push(("address", emails::address_changed(hospital)?));
        }
    }
    if told.is_empty() || state.has_died(is).await? {
        return Ok(());
    }
    for (what, email) in told {
        // To the address that it had: whoever took an account over would give it another.
        let to = Account { name: is.name.clone(), ..was.clone() };
        state.mailer.send(&format!("{}-v{}-{what}", is.id, is.version), &to.into(), &email).await?;
    }
    Ok(())
}

/// What an administrator answered to somebody who asked for a role: rejected, or approved as soon as the address is confirmed.
fn answer(hospital: &Hospital, was: &Account, is: &Account) -> Result<Option<About>, RenderError> {
    Ok(match (was.status, is.status) {
        (_, Status::Pending) if is.approved && !was.approved => Some(("approved", emails::approved(hospital)?)),
        // A patient's account that the front desk opened asked for nothing.
        (Status::Pending, Status::Rejected) if is.opened_for.is_none() => Some(("rejected", emails::rejected(hospital)?)),
        _ => None,
    })
}

/// What became of an account or of its roles.
fn change(hospital: &Hospital, was: &Account, is: &Account) -> Result<Option<About>, RenderError> {
    Ok(match (was.status, is.status) {
        (Status::Pending | Status::Rejected, Status::Active) => Some(("active", emails::active(hospital, is)?)),
        (Status::Active, Status::Suspended) => Some(("suspended", emails::suspended(hospital)?)),
        (Status::Suspended, Status::Active) => Some(("reinstated", emails::reinstated(hospital)?)),
        (Status::Active, Status::Active) if was.roles != is.roles => Some(("roles", emails::roles_changed(hospital, is)?)),
        (_, Status::Closed) if was.status != Status::Closed => Some(("closed", emails::closed(hospital, is)?)),
        _ => None,
    })
}
