//! The roster changed: the person gets one email for each change, however many days it has. And the shifts by role and by ward follow each
//! person's months.

use domain::roster::Shift;
use mail::{EventState, MailError, emails::roster as emails};

pub(crate) async fn tell(state: &EventState, before: Option<&Shift>, after: &Shift) -> Result<(), MailError> {
    let Some(to) = state.colleague(after.user_id, after.role).await? else { return Ok(()) };
    let email = match before {
        None => emails::added(&state.hospital, after)?,
        Some(before) => emails::cancelled(&state.hospital, before, after)?,
    };
    state.mailer.send(&format!("{}-v{}", after.id, after.version), &to, &email).await
}
