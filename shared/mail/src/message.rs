//! An email and its three faces: plain text, HTML, and an invitation where there is one.

use std::fmt;

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
use secrecy::{ExposeSecret, SecretString};

use super::{calendar::Invitation, emails::format::Malformed};

/// What one email says. It holds what its purpose needs and nothing else: no diagnosis, no result, no reason for an appointment.
/// The files in `templates/` say it, and [`emails`](crate::emails) fill them in.
#[derive(Clone)]
pub struct Message {
    pub(crate) subject: String,
    pub(crate) paragraphs: Vec<String>,
    /// Labels and values.
    pub(crate) facts: Vec<(String, String)>,
    pub(crate) link: Option<Link>,
    pub(crate) invitation: Option<Invitation>,
}

/// Never shows what it says: that names people, and its link may carry a token.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message(…)")
    }
}

/// Where to go on.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) label: String,
    /// It may carry a token.
    pub(crate) url: SecretString,
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
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error("the message could not be assembled")]
    Message(#[from] std::io::Error),
}

impl Message {
    /// With an invitation, or the withdrawal of one.
    pub(crate) fn with_invitation(self, invitation: Invitation) -> Self {
        Self { invitation: Some(invitation), ..self }
    }

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

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use mail_parser::MessageParser;

    use super::*;

    fn hospital(name: &str) -> Hospital {
        Hospital {
            name: name.to_owned(),
            address: None,
            contact: Some("+44 20 7946 0000".to_owned()),
            zone: TimeZone::UTC,
            currency: domain::money::Currency::parse("GBP").unwrap(),
            sender: Email::parse("hospital@example.org").unwrap(),
            portal_url: "https://portal.example.org".to_owned(),
            issuer: "https://api.example.org".to_owned(),
        }
    }

    fn message(subject: &str) -> Message {
        let link = Link { label: "Sign in".to_owned(), url: "https://portal.example.org/sign-in#token=tok_secret".into() };
        let facts = vec![("Name".to_owned(), "<Ada> & [Alan](http://evil.example)".to_owned())];
        Message { subject: subject.to_owned(), paragraphs: vec!["Text.".to_owned()], facts, link: Some(link), invitation: None }
    }

    fn recipient(name: &str) -> Recipient {
        let user_id = UserId::new(Timestamp::UNIX_EPOCH, 7);
        Recipient { user_id, name: Some(PersonName::parse(name).unwrap()), email: Email::parse("ada@example.org").unwrap() }
    }

    fn written(message: &Message, to: &Recipient, hospital: &Hospital) -> String {
        String::from_utf8(message.message("id", to, hospital, Timestamp::UNIX_EPOCH).unwrap()).unwrap()
    }

    #[test]
    fn a_value_is_text_in_plain_text_and_in_html() {
        let raw = written(&message("x"), &recipient("Ada Byron"), &hospital("St <b>Seacole</b>"));
        let parsed = MessageParser::default().parse(raw.as_bytes()).unwrap();
        let (text, html) = (parsed.body_text(0).unwrap(), parsed.body_html(0).unwrap());
        assert!(text.starts_with("Dear Ada Byron,"), "{text}");
        assert!(text.contains("Name: <Ada> & [Alan](http://evil.example)") && text.contains("Sign in: https://portal"), "{text}");
        assert!(
            text.contains("St <b>Seacole</b> has sent this email.") && text.contains("You can reach us at +44 20 7946 0000."),
            "{text}"
        );
        assert!(!html.contains("<Ada>") && !html.contains("<b>") && html.matches("<a ").count() == 1, "{html}");
    }

    #[test]
    fn an_email_in_a_log_shows_no_link() {
        let message = message("x");
        for shown in [format!("{message:?}"), format!("{:?}", message.link)] {
            assert!(!shown.contains("tok_") && !shown.contains("portal"), "{shown}");
        }
    }
}
