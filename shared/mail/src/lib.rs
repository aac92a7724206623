//! Email: what an email says, what it looks like, and getting it out once.

pub mod billing_news;
pub mod calendar;
mod cause;
mod email_tokens;
pub mod emails;
pub mod lab_news;
mod mailer;
mod message;
pub mod parties;
pub mod pharmacy_news;
pub mod record_news;
pub mod reminders;
mod state;
pub mod ward_news;

pub use cause::Cause;
pub use email_tokens::EmailTokens;
pub use mailer::{MailError, Mailer};
use message::Link;
pub use message::{Message, Recipient, RenderError};
pub use parties::ToTell;
pub use state::EventState;
