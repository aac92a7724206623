//! Emails that the email service refused, for administrators.

pub(crate) mod lift_suppression;
pub(crate) mod list;
pub(crate) mod resend;
pub(crate) mod suppressions;

use domain::{
    email::{DeliveryState, RefusalReason},
    id::UserId,
    instant::Instant,
};
use jiff::Timestamp;
use platform::config::Hospital;
use serde::Serialize;
use utoipa::ToSchema;

/// An email: who gets it, and whether it went out. Its text is not kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EmailView {
    /// Names what the email is about and who gets it.
    #[schema(example = "apt_01JD8Z0V3XQ5T4E2W9K7M6N8PR-0-booked-patient")]
    id: String,
    /// The account that gets it.
    account_id: UserId,
    /// `failed` or `suppressed`; `queued` after a request to send it again.
    state: DeliveryState,
    /// Since when it has been in this state.
    since: Instant,
    /// Why it did not go out. `suppressed`: the address bounced, or its owner complained. `not_verified`: the service does not know the sender or, in its sandbox, the recipient.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<RefusalReason>,
}

fn view(id: String, to: UserId, state: DeliveryState, since: Timestamp, reason: Option<RefusalReason>, hospital: &Hospital) -> EmailView {
    EmailView { id, account_id: to, state, since: hospital.instant(since), reason }
}
