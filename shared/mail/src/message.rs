//! An email and its three faces: plain text, HTML, and an invitation where there is one.

use std::fmt;

use askama::Template;
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    account::Account,
    id::UserId,
    text::{Email, PersonName},
};
use jiff::Timestamp;
use mail_builder::{
    MessageBuilder,
    headers::{HeaderType, address::Address, content_type::ContentType, raw::Raw, text::Text as Unstructured},
    mime::MimePart,
};
use platform::config::Hospital;
use secrecy::{ExposeSecret, SecretString};

use super::{calendar::Invitation, emails::format::Malformed};

/// How much text goes into one encoded word. Such a word is 75 characters at most (RFC 2047 §2), and the first has to fit behind `Subject: `.
const WORD: usize = 39;

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
    pub(crate) attachment: Option<Attachment>,
}

/// A PDF file that comes with an email.
#[derive(Clone)]
pub(crate) struct Attachment {
    pub(crate) name: String,
    pub(crate) pdf: Vec<u8>,
}

/// Never shows what it says: that names people, and its link may carry a token.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message(…)")
    }
}

/// The link that an email asks its reader to open.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) label: String,
    /// The URL may carry a token.
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
    #[error("the attached file could not be written")]
    Pdf(#[from] pdf::RenderError),
    #[error("the message could not be assembled")]
    Message(#[from] std::io::Error),
}

impl Message {
    /// With an invitation, or the withdrawal of one.
    pub(crate) fn with_invitation(self, invitation: Invitation) -> Self {
        Self { invitation: Some(invitation), ..self }
    }

    /// With a PDF file.
    pub(crate) fn with_pdf(self, name: String, pdf: Vec<u8>) -> Self {
        Self { attachment: Some(Attachment { name, pdf }), ..self }
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
        if let Some(Attachment { name, pdf }) = &self.attachment {
            let file = MimePart::new(ContentType::new("application/pdf"), pdf.as_slice()).attachment(name.as_str());
            body = MimePart::new("multipart/mixed", vec![body, file]);
        }
        let domain = hospital.sender.as_str().rsplit('@').next().unwrap_or("localhost");
        let message = MessageBuilder::new()
            .header("From", mailbox(Some(name), &hospital.sender))
            .header("To", mailbox(greeting, &to.email))
            .header("Subject", header(&self.subject))
            .date(now.as_second())
            .message_id(format!("{id}@{domain}"))
            .header("Auto-Submitted", HeaderType::from(Raw::new("auto-generated")))
            .body(body);
        Ok(message.write_to_vec()?)
    }
}

/// A header with plain text.
fn header(text: &str) -> HeaderType<'_> {
    encoded(text).map_or_else(|| Unstructured::new(text).into(), |words| Raw::new(words).into())
}

/// A header with a name and an email address.
fn mailbox<'a>(name: Option<&'a str>, address: &'a Email) -> HeaderType<'a> {
    match name.and_then(encoded) {
        Some(words) => Raw::new(format!("{words} <{address}>")).into(),
        None => Address::new_address(name, address.as_str()).into(),
    }
}

/// The whole text as encoded words (RFC 2047), unless it can stand as it is. Text that looks encoded cannot: mail programs would show what it decodes to.
fn encoded(text: &str) -> Option<String> {
    if text.is_ascii() && !text.contains("=?") && !text.contains(char::is_control) {
        return None;
    }
    let (mut words, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (word, others) = rest.split_at(rest.floor_char_boundary(WORD));
        words.push(format!("=?utf-8?B?{}?=", BASE64_STANDARD.encode(word)));
        rest = others;
    }
    Some(words.join(" "))
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
            triage: domain::triage::Scale::esi(),
            billing: domain::billing::Terms::of(domain::money::Currency::parse("GBP").unwrap()),
            sender: Email::parse("hospital@example.org").unwrap(),
            portal_url: "https://portal.example.org".to_owned(),
            issuer: "https://api.example.org".to_owned(),
        }
    }

    fn message(subject: &str) -> Message {
        let link = Link { label: "Sign in".to_owned(), url: "https://portal.example.org/sign-in#token=tok_secret".into() };
        let facts = vec![("Name".to_owned(), "<Ada> & [Alan](http://evil.example)".to_owned())];
        Message {
            subject: subject.to_owned(),
            paragraphs: vec!["Text.".to_owned()],
            facts,
            link: Some(link),
            invitation: None,
            attachment: None,
        }
    }

    fn recipient(name: &str) -> Recipient {
        let user_id = UserId::new(Timestamp::UNIX_EPOCH, 7);
        Recipient { user_id, name: Some(PersonName::parse(name).unwrap()), email: Email::parse("ada@example.org").unwrap() }
    }

    fn written(message: &Message, to: &Recipient, hospital: &Hospital) -> String {
        String::from_utf8(message.message("id", to, hospital, Timestamp::UNIX_EPOCH).unwrap()).unwrap()
    }

    #[test]
    fn subjects_and_names_are_read_as_they_were_written() {
        for text in [
            "Your appointment is booked",
            "=?utf-8?q?http=3A//evil.example?= A",
            "A =?us-ascii?b?QQ==?= asks for the role of nurse =?",
            "Žofie Černá asks for the role of nurse",
            "陳大文預約 with a very long name, so that it has to be folded: 陳大文預約陳大文預約陳大文預約陳大文預約陳大文預約陳大文預約陳大文預約",
            "A very long subject =? that has to be encoded and folded, since it is so long that it does not fit into one line of a header, or two",
            "A very long subject without anything to encode that has to be folded, since it is so long that it does not fit into one line of a header",
            "\u{1f469}\u{200d}\u{2695}\u{fe0f}\u{1f469}\u{200d}\u{2695}\u{fe0f}\u{1f469}\u{200d}\u{2695}\u{fe0f} Hospital",
            "Ring the \u{7} bell",
        ] {
            let raw = written(&message(text), &recipient("Žofie Černá, MUDr."), &hospital(text));
            let parsed = MessageParser::default().parse(raw.as_bytes()).unwrap();
            assert_eq!(parsed.subject(), Some(text));
            let [from, to] = [parsed.from(), parsed.to()].map(|header| header.unwrap().first().unwrap());
            assert_eq!((from.name(), from.address()), (Some(text), Some("hospital@example.org")));
            assert_eq!((to.name(), to.address()), (Some("Žofie Černá, MUDr."), Some("ada@example.org")));
            let headers = raw.split("\r\n\r\n").next().unwrap();
            assert!(headers.lines().all(|line| line.len() <= 78 && line.is_ascii()), "{headers}");
            let words = headers.split_whitespace().filter(|word| word.contains("=?"));
            assert!(words.clone().all(|word| word.len() <= 75 && word.starts_with("=?") && word.ends_with("?=")), "{headers}");
        }
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
