//! A doctor's profile, account or roster changed: the directory, the doctor's days and the appointments follow.

use std::collections::BTreeSet;

use domain::{
    account::Account,
    doctor::{Doctor, Terms},
    role::Role,
};
use store::{StoreError, roster::StaffMonth};

use crate::{Failure, Notifications, review, waiting};

/// How often the profile is written again when others change it at the same moment.
const TRIES: usize = 8;
/// How much of a person's leave is read at once.
const PAGE: usize = 50;

/// Follows a change of the profile.
pub(crate) async fn follow(state: &Notifications, before: &Doctor, after: &Doctor) -> Result<(), Failure> {
    if before.specialization != after.specialization {
        state.base.store.staff_list_follow(after.user_id).await?;
    }
    let today = state.base.today();
    // On every day on which one of the two has other terms.
    let days: BTreeSet<_> = [today].into_iter().chain(before.later.iter().chain(&after.later).map(|later| later.from)).collect();
    let differ = |differ: &dyn Fn(&Terms, &Terms) -> bool| days.iter().copied().find(|day| differ(before.on(*day), after.on(*day)));
    let place = differ(&|was, is| was.place != is.place);
    let time = differ(&|was, is| (&was.weekly_hours, was.grid()) != (&is.weekly_hours, is.grid()));
    if place.or(time).is_some() || before.active != after.active {
        review::all(state, after.id, place.is_some()).await?;
    }
    let active_again = (after.active && !before.active).then_some(today);
    let further = (after.horizon_days > before.horizon_days).then(|| before.last_day(today));
    if let Some(from) = [time, active_again, further].into_iter().flatten().min() {
        waiting::time_opened(state, after.id, (from.max(today), after.last_day(today))).await?;
    }
    Ok(())
}

/// Takes a doctor whose account takes no appointments out of the directory, or puts them back. The change of the profile leads on.
pub(crate) async fn follow_account(state: &Notifications, account: &Account) -> Result<(), Failure> {
    let (store, Some(id)) = (&state.base.store, account.doctor_id) else { return Ok(()) };
    for _ in 0..TRIES {
        // As it is now: this record may come late.
        let Some(now) = store.account(account.id).await? else { return Ok(()) };
        let active = now.account.takes_appointments();
        let Some(before) = store.doctor(id).await?.filter(|doctor| doctor.active != active) else {
            // It was otherwise in between, and an appointment may have been judged then.
            return review::all(state, id, false).await;
        };
        let after = Doctor { active, version: before.version + 1, ..before.clone() };
        if store.doctor_change(&before, &after).await? {
            return Ok(());
        }
    }
    Err(StoreError::Unavailable("the profile is changed by others at this moment".into()).into())
}

/// Somebody who works here has got a doctor's profile: their leave and their shifts from before are those of its days, too.
pub(crate) async fn follow_new_profile(state: &Notifications, account: &Account) -> Result<(), Failure> {
    let (store, Some(doctor)) = (&state.base.store, account.doctor_id) else { return Ok(()) };
    let mut before = None;
    loop {
        let page = store.leave_list_of_person(account.id, before.as_deref(), PAGE).await?;
        for line in &page {
            if let Some(leave) = store.leave(line.entry.id).await? {
                store.leave_follow_in_days(doctor, &leave, None).await?;
            }
        }
        before = page.last().filter(|_| page.len() == PAGE).map(|last| last.position.clone());
        if before.is_none() {
            break;
        }
    }
    for month in store.staff_months(account.id, state.base.today()).await? {
        follow_month(state, None, &month).await?;
    }
    review::all(state, doctor, false).await
}

/// A doctor's shift for the whole hospital is time in which patients can book.
pub(crate) async fn follow_month(state: &Notifications, before: Option<&StaffMonth>, after: &StaffMonth) -> Result<(), Failure> {
    let store = &state.base.store;
    let open = |month: &StaffMonth| -> BTreeSet<_> {
        let duties = month.duties().filter(|duty| duty.role == Role::Doctor && duty.ward.is_none() && duty.active);
        duties.map(|duty| (duty.date, duty.time)).collect()
    };
    let (was, is) = (before.map(open).unwrap_or_default(), open(after));
    let changed: Vec<_> = was.symmetric_difference(&is).copied().collect();
    let (Some(first), Some(last)) = (changed.iter().map(|(date, _)| *date).min(), changed.iter().map(|(date, _)| *date).max()) else {
        return Ok(());
    };
    let account = store.account(after.user_id()).await?.map(|stored| stored.account);
    let Some(doctor) = account.and_then(|account| account.doctor_id) else { return Ok(()) };
    for place in changed {
        store.doctor_day_follow_shift(doctor, place, is.contains(&place), after.version()).await?;
    }
    review::days(state, doctor, (first, last)).await?;
    if is.is_subset(&was) { Ok(()) } else { waiting::time_opened(state, doctor, (first, last)).await }
}
