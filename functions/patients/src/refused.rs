//! The problem documents for what the table refuses.

use http::Problem;
use store::patients::ProfileError;

/// A changed profile that was not written.
pub(crate) fn not_changed(why: ProfileError) -> Problem {
    match why {
        ProfileError::Stale => Problem::stale(),
        ProfileError::Store(error) => error.into(),
    }
}
