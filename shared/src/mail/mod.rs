//! Email: what a letter says, what it looks like, and getting it out once.

pub mod calendar;
mod cause;
mod letter;
mod mailer;
pub mod parties;

pub use cause::Cause;
pub use letter::{Letter, Link, Recipient};
pub use mailer::{MailError, Mailer};
