//! How long a sign-in lasts.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::role::Role;

/// How long somebody stays signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// Without a refresh (automatic logoff, 45 CFR 164.312(a)(2)(iii)).
    pub idle: SignedDuration,
    /// In total, however often it is refreshed.
    pub absolute: SignedDuration,
}

/// Staff share screens and see other people's data: half an hour without a refresh, 12 hours in total. Patients see only their own data.
#[must_use]
pub fn lifetime(roles: &BTreeSet<Role>) -> Lifetime {
    if roles.iter().all(|role| *role == Role::Patient) && !roles.is_empty() {
        Lifetime { idle: SignedDuration::from_hours(30 * 24), absolute: SignedDuration::from_hours(90 * 24) }
    } else {
        Lifetime { idle: SignedDuration::from_mins(30), absolute: SignedDuration::from_hours(12) }
    }
}

/// A used refresh token that comes again within this time counts as the same request, sent twice. Later, it counts as stolen.
pub const RETRY: SignedDuration = SignedDuration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_those_who_are_nothing_but_patients_stay_long() {
        let minutes = |roles: &[Role]| lifetime(&roles.iter().copied().collect()).idle.as_mins();
        assert_eq!(minutes(&[Role::Patient]), 30 * 24 * 60);
        assert_eq!(minutes(&[Role::Patient, Role::Nurse]), 30);
        assert_eq!(minutes(&[Role::Doctor]), 30);
        assert_eq!(minutes(&[]), 30);
    }
}
