//! Every email that was sent, to read in a browser or as JSON, kept as `.eml` files.

use std::{
    collections::VecDeque,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::Clock;
use mail_parser::{HeaderName, MessageParser, MimeHeaders, PartType};
use serde::Serialize;

use crate::settings::write_private;

/// One emulated inbox for everybody.
#[derive(Debug, Clone)]
pub struct Mailbox {
    inner: Arc<Mutex<Inner>>,
    folder: Option<PathBuf>,
    clock: Clock,
}

#[derive(Debug, Default)]
struct Inner {
    mails: Vec<Mail>,
    refusals: VecDeque<Refusal>,
}

/// How SES refuses the next email. Tests use it to see what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Until fewer emails are sent per second.
    Throttled,
    /// Until the sender, or in the sandbox the recipient, is verified.
    Rejected,
    /// Until the account may send again.
    Paused,
}

/// Why an email is not delivered.
#[derive(Debug, thiserror::Error)]
pub(super) enum DeliverError {
    #[error("this is not an email")]
    NotAnEmail,
    #[error("the envelope and the message name different recipients")]
    OtherRecipient,
    #[error("the email cannot be kept: {0}")]
    Keep(#[from] io::Error),
}

/// One email, parsed.
#[derive(Debug, Clone, Serialize)]
pub struct Mail {
    pub id: String,
    pub to: String,
    pub from: String,
    pub subject: String,
    pub date: String,
    pub text: String,
    #[serde(skip)]
    pub html: String,
    pub attachments: Vec<Attachment>,
    #[serde(skip)]
    pub raw: Vec<u8>,
}

/// A part of the email other than its text.
#[derive(Debug, Clone, Serialize)]
pub struct Attachment {
    pub name: String,
    pub content_type: String,
    /// Its text; of a file that is none, base64.
    pub content: String,
}

impl Mailbox {
    pub(super) fn open(folder: Option<PathBuf>, clock: Clock) -> io::Result<Self> {
        let mut mails = Vec::new();
        if let Some(folder) = &folder {
            let mut files: Vec<_> = std::fs::read_dir(folder)?.collect::<io::Result<_>>()?;
            files.sort_by_key(std::fs::DirEntry::file_name);
            for file in files.iter().filter(|file| file.path().extension().is_some_and(|extension| extension == "eml")) {
                let id = file.path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
                mails.extend(Mail::parse(id, &std::fs::read(file.path())?));
            }
        }
        Ok(Self { inner: Arc::new(Mutex::new(Inner { mails, refusals: VecDeque::new() })), folder, clock })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn deliver(&self, to: &str, raw: &[u8]) -> Result<String, DeliverError> {
        let mut inner = self.inner();
        // The number comes first, so that the emails sort in the order in which they came, whatever the clock says.
        let id = format!("{:06}-{}", inner.mails.len() + 1, self.clock.now().strftime("%Y%m%dT%H%M%SZ"));
        let mail = Mail::parse(id.clone(), raw).ok_or(DeliverError::NotAnEmail)?;
        if mail.to != to {
            return Err(DeliverError::OtherRecipient);
        }
        if let Some(folder) = &self.folder {
            write_private(&folder.join(format!("{id}.eml")), raw)?;
        }
        inner.mails.push(mail);
        Ok(id)
    }

    pub(super) fn take_refusal(&self) -> Option<Refusal> {
        self.inner().refusals.pop_front()
    }

    /// Makes SES refuse the next email.
    pub fn refuse_next(&self, refusal: Refusal) {
        self.inner().refusals.push_back(refusal);
    }

    /// All emails, oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<Mail> {
        self.inner().mails.clone()
    }

    #[must_use]
    pub fn find(&self, id: &str) -> Option<Mail> {
        self.inner().mails.iter().find(|mail| mail.id == id).cloned()
    }
}

impl Mail {
    fn parse(id: String, raw: &[u8]) -> Option<Self> {
        let message = MessageParser::default().parse(raw)?;
        // From the raw header: the parser would decode `=?utf-8?q?x?=` in an email address too, where it is not an encoding.
        let address = |header: HeaderName<'static>| {
            let written = message.header_raw(header).unwrap_or_default();
            let within = written.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
            within.map_or(written, |(address, _)| address).trim().to_owned()
        };
        let kind = |part: &mail_parser::MessagePart<'_>| {
            part.content_type().map_or(String::new(), |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()))
        };
        let beside = |part: &&mail_parser::MessagePart<'_>| {
            !matches!(part.body, PartType::Multipart(_)) && !matches!(kind(part).as_str(), "text/plain" | "text/html")
        };
        let attachments = message.parts.iter().filter(beside).map(|part| Attachment {
            name: part.attachment_name().unwrap_or_default().to_owned(),
            content_type: match part.content_type().and_then(|kind| kind.attribute("method")) {
                Some(method) => format!("{}; method={method}", kind(part)),
                None => kind(part),
            },
            content: match std::str::from_utf8(part.contents()) {
                Ok(text) => text.to_owned(),
                Err(_) => BASE64_STANDARD.encode(part.contents()),
            },
        });
        Some(Self {
            id,
            to: address(HeaderName::To),
            from: address(HeaderName::From),
            subject: message.subject().unwrap_or_default().to_owned(),
            date: message.date().map(mail_parser::DateTime::to_rfc3339).unwrap_or_default(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            html: message.body_html(0).unwrap_or_default().into_owned(),
            attachments: attachments.collect(),
            raw: raw.to_vec(),
        })
    }
}
