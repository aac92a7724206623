//! The problem documents for what the table refuses.

use http::Problem;
use store::patients::ProfileError;

/// A changed profile that was not written.
pub(crate) fn not_changed(why: ProfileError) -> Problem {
    match why {
        ProfileError::Stale => Problem::stale(),
        ProfileError::BookingUnderWay => {
            let detail = "An appointment is being booked for this patient at this moment. Try again in half a minute.";
            Problem::conflict("booking_under_way", detail).retry_after(30)
        }
        ProfileError::Store(error) => error.into(),
    }
}
