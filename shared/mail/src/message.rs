//! An email and its three faces: plain text, HTML, and an invitation where there is one.

use askama::Template;
use domain::{
    account::Account,
    id::UserId,
    text::{Email, PersonName},
};
use jiff::Timestamp;
use mail_builder::{
    MessageBuilder,
    headers::{HeaderType, address::Address, content_type::ContentType, raw::Raw},
    mime::MimePart,
};
use platform::config::Hospital;

use super::calendar::Invitation;

/// What one email says. It holds what its purpose needs and nothing else: no diagnosis, no result, no reason for an appointment.
#[derive(Debug, Clone, Default)]
pub struct Message {
    pub subject: String,
    pub paragraphs: Vec<String>,
    pub facts: Vec<(&'static str, String)>,
    pub link: Option<Link>,
    pub invitation: Option<Invitation>,
}

/// Where to go on.
#[derive(Debug, Clone)]
pub struct Link {
    pub label: &'static str,
    pub url: String,
}

/// Whom an email is for.
#[derive(Debug, Clone)]
pub struct Recipient {
    pub user_id: UserId,
    /// Left out while nobody has shown that the address is theirs: a stranger could have us write anything as a name.
    pub name: Option<PersonName>,
    pub email: Email,
}

impl From<Account> for Recipient {
    fn from(account: Account) -> Self {
        Self { user_id: account.id, name: account.email_confirmed.then_some(account.name), email: account.email }
    }
}

#[derive(Template)]
#[template(path = "message.txt")]
struct Text<'a> {
    message: &'a Message,
    greeting: Option<&'a str>,
    hospital: &'a str,
    contact: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "message.html")]
struct Html<'a> {
    message: &'a Message,
    greeting: Option<&'a str>,
    hospital: &'a str,
    contact: Option<&'a str>,
}

/// An email could not be written down.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("the email's template failed")]
    Template(#[from] askama::Error),
    #[error("the message could not be assembled")]
    Message(#[from] std::io::Error),
}

impl Message {
    /// The whole message (RFC 5322), with the invitation both as a part that calendars read and as a file that people open.
    pub(super) fn message(&self, id: &str, to: &Recipient, hospital: &Hospital, now: Timestamp) -> Result<Vec<u8>, RenderError> {
        let (greeting, name) = (to.name.as_ref().map(PersonName::as_str), hospital.name.as_str());
        let contact = hospital.contact.as_deref();
        let text = Text { message: self, greeting, hospital: name, contact }.render()?;
        let html = Html { message: self, greeting, hospital: name, contact }.render()?;
        let mut faces = vec![MimePart::new("text/plain", text), MimePart::new("text/html", html)];
        let invitation = self.invitation.as_ref().map(|invitation| (invitation.method(), invitation.render(hospital, to, now)));
        if let Some((method, calendar)) = &invitation {
            let kind = ContentType::new("text/calendar").attribute("charset", "utf-8").attribute("method", *method);
            faces.push(MimePart::new(kind, calendar.as_str()));
        }
        let mut body = MimePart::new("multipart/alternative", faces);
        if let Some((_, calendar)) = &invitation {
            let kind = ContentType::new("application/ics").attribute("name", "invite.ics");
            body = MimePart::new("multipart/mixed", vec![body, MimePart::new(kind, calendar.as_bytes()).attachment("invite.ics")]);
        }
        let domain = hospital.sender.as_str().rsplit('@').next().unwrap_or("localhost");
        let message = MessageBuilder::new()
            .from((name, hospital.sender.as_str()))
            .to(Address::new_address(greeting, to.email.as_str()))
            .subject(self.subject.as_str())
            .date(now.as_second())
            .message_id(format!("{id}@{domain}"))
            .header("Auto-Submitted", HeaderType::from(Raw::new("auto-generated")))
            .body(body);
        Ok(message.write_to_vec()?)
    }
}
