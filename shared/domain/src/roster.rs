//! Who is on duty.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{id::UserId, role::Role};

/// One person's time on duty in one role, from `start` (included) to `end` (excluded).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// The role.
    pub role: Role,
    /// The person.
    pub user_id: UserId,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
}

impl Shift {
    /// Whether the person is on duty at an instant.
    #[must_use]
    pub fn covers(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }
}
