//! Emails that did not go out, for administrators.

pub(crate) mod list;
pub(crate) mod resend;

use domain::{
    email::{DeliveryState, RefusalReason},
    id::UserId,
    instant::Instant,
};
use jiff::Timestamp;
use platform::config::Hospital;
use serde::Serialize;
use utoipa::ToSchema;

/// An email: whom it is for and how far it has come. What it says is not kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EmailView {
    /// Names what it is about and for whom.
    #[schema(example = "apt_01JD8Z0V3XQ5T4E2W9K7M6N8PR-0-booked-patient")]
    id: String,
    /// The account that it is for.
    account_id: UserId,
    /// `failed`, or `queued` when it was asked for again.
    state: DeliveryState,
    /// Since when.
    since: Instant,
    /// Why the email service refused it. `not_verified`: it does not know the sender or, in its sandbox, the recipient.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<RefusalReason>,
}

fn view(id: String, to: UserId, state: DeliveryState, since: Timestamp, reason: Option<RefusalReason>, hospital: &Hospital) -> EmailView {
    EmailView { id, account_id: to, state, since: hospital.instant(since), reason }
}
