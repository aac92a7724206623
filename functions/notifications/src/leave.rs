//! Leave was asked for, decided or given back: administrators and the person are told, and a doctor's days and appointments follow.

use domain::{
    leave::{Leave, LeaveStatus},
    role::Role,
};
use mail::{EventState, MailError, Message, emails::leave as emails};

use crate::{Failure, Notifications, review, waiting};

pub(crate) async fn follow(state: &Notifications, before: Option<&Leave>, after: &Leave) -> Result<(), Failure> {
    let (store, base) = (&state.base.store, &state.base);
    // As it is now: this record may come late.
    let current = store.leave(after.id).await?;
    let current = current.as_ref().unwrap_or(after);
    let granted = |leave: &Leave| leave.status == LeaveStatus::Approved;
    if before.is_some_and(granted) || granted(after) {
        let doctor = store.account(after.user_id).await?.and_then(|stored| stored.account.doctor_id);
        if let Some(doctor) = doctor {
            store.leave_follow_in_days(doctor, current, before.filter(|before| granted(before))).await?;
            let longest = before.map_or(after.span.to, |before| before.span.to.max(after.span.to));
            review::days(state, doctor, (after.span.from, longest)).await?;
            if before.is_some_and(granted) {
                waiting::time_opened(state, doctor, (after.span.from, longest)).await?;
            }
        }
    }
    Ok(tell(base, before, after).await?)
}

async fn tell(state: &EventState, before: Option<&Leave>, after: &Leave) -> Result<(), MailError> {
    let (hospital, id) = (&state.hospital, format!("{}-v{}", after.id, after.version));
    let Some(before) = before else {
        to_person(state, after, &id, &emails::received(hospital, after)?).await?;
        return state.to_administrators(&id, Some(after.user_id), &emails::asked(hospital, after)?).await;
    };
    match (before.status, after.status) {
        (LeaveStatus::Pending, LeaveStatus::Approved | LeaveStatus::Rejected) => {
            to_person(state, after, &id, &emails::decided(hospital, after)?).await
        }
        (LeaveStatus::Pending, LeaveStatus::Pending) => {
            state.to_administrators(&id, Some(after.user_id), &emails::asked(hospital, after)?).await
        }
        (LeaveStatus::Approved, _) => {
            let email = emails::cancelled(hospital, after)?;
            to_person(state, after, &id, &email).await?;
            let own = after.decision.as_ref().is_some_and(|decision| decision.by == after.user_id);
            if own { state.to_administrators(&id, Some(after.user_id), &email).await } else { Ok(()) }
        }
        _ => Ok(()),
    }
}

/// To the person, whatever role they have here now.
async fn to_person(state: &EventState, leave: &Leave, id: &str, email: &Message) -> Result<(), MailError> {
    for role in Role::STAFF {
        if let Some(to) = state.colleague(leave.user_id, role).await? {
            return state.mailer.send(&format!("{id}-person"), &to, email).await;
        }
    }
    Ok(())
}
