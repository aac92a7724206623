//! An email that SES had refused was asked for again: what it follows from is handled anew, if it is still true.

use domain::{appointment::Appointment, waiting::State};
use mail::Cause;
use store::{
    accounts::StoredAccount,
    email_tokens::{EmailToken, Purpose},
};

use crate::{Failure, Notifications, change::Change, follow, record};

/// Handles a cause anew. Of its emails those go out that were asked for again: the others have been sent, or wait to be asked for.
pub(crate) async fn again(state: &Notifications, id: &str, cause: &str) -> Result<(), Failure> {
    let base = &state.base;
    let change = match Cause::read(cause)? {
        Cause::Reminder(due) => {
            let appointment = base.store.appointment(due.appointment_id).await?;
            match appointment.filter(|appointment| due.holds(appointment, base.clock.now())) {
                // The `reminders` function sends it.
                Some(appointment) => return Ok(state.reminders.again(&appointment, base.clock.now()).await?),
                None => None,
            }
        }
        Cause::AccountOpened(id) => base.store.account(id).await?.map(|now| Change::AccountOpened(Box::new(now.account))),
        Cause::AccountChanged { before, after } => {
            let now = base.store.account(after.account.id).await?;
            now.filter(|now| still_so(&before, &after, now)).map(|_| Change::AccountChanged { before, after })
        }
        Cause::EmailTokenPromised(token) => Some(Change::EmailTokenPromised(Box::new(with_a_new_term(state, *token).await?))),
        Cause::PatientRegistered(id) => base.store.patient(id).await?.map(|patient| Change::PatientRegistered(Box::new(patient))),
        Cause::Offer(due) => {
            let wait = base.store.wait(due.wait_id).await?;
            let held = wait.filter(|wait| matches!(&wait.state, State::Offered(offer) if offer.until == due.held_until));
            held.map(|wait| Change::Wait { before: None, after: Box::new(wait) })
        }
        Cause::Leave { before, after } => {
            let now = base.store.leave(after.id).await?;
            now.filter(|now| now.version == after.version).map(|_| Change::Leave { before, after })
        }
        Cause::Record(news) => record::still_so(base, &news).await?.then_some(Change::Record(news)),
        Cause::Wards(news) => Some(Change::Wards(news)),
        Cause::Pharmacy(news) => Some(Change::Pharmacy(news)),
        Cause::Lab(news) => Some(Change::Lab(news)),
        Cause::Billing(news) => Some(Change::Billing(news)),
        Cause::LowRating(patient, id, day) => Some(Change::LowRating(patient, id, day)),
        Cause::Shift { before, after } => {
            let now = base.store.shift(after.id).await?;
            now.filter(|now| now.version == after.version).map(|_| Change::Shift { before, after })
        }
        Cause::Appointment { before, after } => {
            let now = base.store.appointment(after.id).await?;
            now.filter(|now| still_on(state, &after, now)).map(|_| Change::Appointment { before, after })
        }
    };
    if let Some(change) = change {
        Box::pin(follow(state, change)).await?;
    }
    // Nobody took it up: what it would say is no longer true, or its recipient is gone.
    Ok(base.store.delivery_void(id).await?)
}

/// Whether an account still stands as a change left it. What a change decided nothing about may be told as long as there is an account.
fn still_so(before: &StoredAccount, after: &StoredAccount, now: &StoredAccount) -> bool {
    let stand = |stored: &StoredAccount| (stored.account.status, stored.account.roles.clone(), stored.account.approved);
    stand(now) == stand(after) || (stand(before) == stand(after) && now.account.may_be_written_to())
}

/// Whether an appointment still is as a change left it, and not over.
fn still_on(state: &Notifications, after: &Appointment, now: &Appointment) -> bool {
    let same = now.sequence == after.sequence && now.status.is_ahead() == after.status.is_ahead();
    same && state.base.clock.now() < now.slot.start
}

/// A welcome or an invitation that never arrived is good for as long as one that did. Who has got in meanwhile needs none.
async fn with_a_new_term(state: &Notifications, token: EmailToken) -> Result<EmailToken, Failure> {
    let (store, now) = (&state.base.store, state.base.clock.now());
    let account = match token.user_id.filter(|_| now >= token.expires_at) {
        Some(id) => store.account(id).await?,
        None => None,
    };
    let needed = account.is_some_and(|stored| match token.purpose {
        Purpose::Welcome => !stored.account.email_confirmed,
        Purpose::Invitation => stored.password_hash.is_none(),
        Purpose::SignIn | Purpose::ResetPassword | Purpose::ConfirmEmail => false,
    });
    if !needed {
        return Ok(token);
    }
    let token = EmailToken::new(token.id, token.purpose, token.email, token.user_id, now);
    store.email_token_renew(&token).await?;
    Ok(token)
}
