//! What became of an email, and why SES refused it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What became of an email.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is about to go to SES, or somebody has asked to send it again.
    Queued,
    /// SES has taken it.
    Sent,
    /// It came back: its address does not exist.
    Bounced,
    /// Who got it has marked it as unwanted.
    Complained,
    /// SES refused it. It can be sent again.
    Failed,
    /// It was not sent: its address has bounced or complained before. It can be sent again once that is lifted.
    Suppressed,
    /// Somebody asked to send it again, but it is no longer true.
    Void,
}

/// Why an email did not go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// SES has not verified the sender, or, in its sandbox, the recipient.
    NotVerified,
    /// The sender's MAIL FROM domain is not set up.
    MailFromNotVerified,
    /// SES has ended the AWS account's permission to send.
    AccountSuspended,
    /// SES or the owner of the AWS account has paused sending.
    SendingPaused,
    /// SES finds the request invalid, or does not know something that the request names.
    Invalid,
    /// The address has bounced or complained before, so SES was not asked.
    Suppressed,
}
