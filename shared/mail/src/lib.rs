//! Email: what an email says, what it looks like, and getting it out once.

pub mod calendar;
mod cause;
mod email_tokens;
mod mailer;
mod message;
pub mod parties;
pub mod reminders;
mod state;

pub use cause::Cause;
pub use email_tokens::EmailTokens;
pub use mailer::{MailError, Mailer};
pub use message::{Link, Message, Recipient};
pub use state::EventState;
