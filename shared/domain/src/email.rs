//! How far an email has come, and why it may not go further.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far an email has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Somebody is about to hand it to SES, or has asked for it again.
    Queued,
    /// SES has it.
    Sent,
    /// SES refuses it. It goes out when somebody asks for it again.
    Failed,
    /// The address must not be written to.
    Suppressed,
    /// It was asked for again, when it was no longer true.
    Void,
}

/// Why SES refuses an email, whatever it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// It does not know the sender, or, in its sandbox, the recipient.
    NotVerified,
    /// The sender's MAIL FROM domain is not set up.
    MailFromNotVerified,
    /// It has ended the account's permission to send.
    AccountSuspended,
    /// It has paused the account, or the account has paused itself.
    SendingPaused,
    /// It does not understand what it was asked, or does not know what was named to it.
    Invalid,
}
