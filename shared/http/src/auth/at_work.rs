//! Where the caller is at work at this moment. Nurses, doctors, lab technicians and sweepers are when the roster says so; ward managers in the
//! shift of the ward that they manage.

use std::collections::BTreeSet;

use domain::{
    instant::Instant,
    policy::{Relationship, Relationships},
    role::Role,
    schedule::Slot,
    ward::Ward,
    ward_manager::ManagerShift,
};
use store::StoreError;

use super::Caller;
use crate::{Problem, refusals, state::AppState};

refusals! {
    // What `AtWork::require` refuses.
    pub NotHere {
        403 "outside_shift" { shift_begins_at: Option<Instant> },
        403 "other_ward" { ward: Ward },
    }
}

/// Where the caller is at work at this moment, in those of their roles in which it makes a difference.
#[derive(Clone, Debug, Default)]
pub struct AtWork {
    /// In which roles, and on which wards. Without a ward: in the whole hospital.
    places: Vec<(Role, Option<Ward>)>,
    /// For ward managers: what they manage, and when that shift is on next, if it is not on now.
    manages: Option<(ManagerShift, Option<Slot>)>,
}

impl AtWork {
    /// The roles in which the caller is on shift.
    #[must_use]
    pub fn roles(&self) -> BTreeSet<Role> {
        self.places.iter().map(|(role, _)| *role).collect()
    }

    /// Whether the caller may call the route, about a ward or about something of the whole hospital, with what else relates them to it. A shift in
    /// one role is none in another.
    #[must_use]
    pub fn may(&self, caller: &Caller, ward: Option<Ward>, besides: &Relationships) -> bool {
        caller.may_as(|role| {
            let works = self.places.iter().any(|(as_role, _)| *as_role == role);
            let works_there = ward.is_some() && self.places.contains(&(role, ward));
            let (shift, same_ward) = (works.then_some(Relationship::OnShift), works_there.then_some(Relationship::SameWard));
            besides.iter().copied().chain(shift).chain(same_ward).collect()
        })
    }

    /// The wards on which the caller is at work.
    pub fn wards(&self) -> impl Iterator<Item = Ward> {
        self.places.iter().filter_map(|(_, ward)| *ward)
    }

    /// Refuses a caller who may not call the route, and says which shift would let them in.
    pub fn require(&self, caller: &Caller, ward: Option<Ward>, besides: &Relationships, state: &AppState) -> Result<(), Problem> {
        if self.may(caller, ward, besides) { Ok(()) } else { Err(self.refusal(state)) }
    }

    fn refusal(&self, state: &AppState) -> Problem {
        if let Some((shift, Some(next))) = &self.manages {
            let (ward, time, begins) = (shift.ward.in_words(), shift.shift.as_str(), state.hospital.instant_in_words(next.start));
            let detail = format!("You manage the ward {ward} in the {time} shift. It begins on {begins}.");
            return Problem::forbidden(detail).coded("outside_shift").with("shift_begins_at", state.hospital.instant(next.start));
        }
        if let Some(ward) = self.wards().next() {
            let detail = format!("You are on shift on the ward {}. Elsewhere, others act.", ward.in_words());
            return Problem::forbidden(detail).coded("other_ward").with("ward", ward);
        }
        let detail = "You can do this while you are on shift here. `GET /shifts` shows your shifts. Ward managers take one with \
            `POST /wards/{ward}/managers`.";
        Problem::forbidden(detail).coded("outside_shift")
    }
}

impl AppState {
    /// Where the caller is at work now. Not looked up where it makes no difference.
    pub async fn at_work(&self, caller: &Caller) -> Result<AtWork, StoreError> {
        let (mut asked, now, zone) = (caller.roles_asked(Relationship::OnShift), self.clock.now(), &self.hospital.zone);
        let mut at_work = AtWork::default();
        if asked.remove(&Role::WardManager)
            && let Some(shift) = self.store.manages(caller.user_id).await?
        {
            let on = self.store.manager_at_work(&shift, now, zone).await?;
            if on {
                at_work.places.push((Role::WardManager, Some(shift.ward)));
            }
            let next = shift.next(now, zone);
            // On leave, the next one is the one after this.
            let next = if next.start <= now { shift.next(next.end, zone) } else { next };
            at_work.manages = Some((shift, (!on).then_some(next)));
        }
        if !asked.is_empty() {
            let duties = self.store.duties_now(caller.user_id, now, zone).await?;
            at_work.places.extend(duties.into_iter().filter(|duty| asked.contains(&duty.role)).map(|duty| (duty.role, duty.ward)));
        }
        Ok(at_work)
    }
}
