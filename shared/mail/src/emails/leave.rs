//! Emails about leave. They do not say why somebody asks for it: it may be about their health.

use askama::Template;
use domain::{
    leave::{Leave, LeaveStatus},
    text::Reason,
};
use platform::config::Hospital;

use super::{day_in_words, write};
use crate::{Message, RenderError};

/// What emails say of leave.
struct Details {
    name: String,
    kind: String,
    from: String,
    to: String,
    days: String,
    /// Where the portal shows it.
    url: String,
}

impl Details {
    fn of(leave: &Leave, hospital: &Hospital) -> Self {
        let span = leave.span;
        let half_days = span.halves().count();
        Self {
            name: leave.name.to_string(),
            kind: leave.what.as_str().to_owned(),
            from: format!("{}{}", day_in_words(span.from), if span.starts_at_noon { ", from noon" } else { "" }),
            to: format!("{}{}", day_in_words(span.to), if span.ends_at_noon { ", until noon" } else { "" }),
            days: format!("{}{}", half_days / 2, if half_days.is_multiple_of(2) { "" } else { ".5" }),
            url: hospital.portal(&format!("leaves/{}", leave.id)),
        }
    }
}

#[derive(Template)]
#[template(path = "leave-asked.email")]
struct Asked<'a> {
    leave: &'a Details,
}

/// To administrators: somebody asks for leave.
pub fn asked(hospital: &Hospital, leave: &Leave) -> Result<Message, RenderError> {
    write(&Asked { leave: &Details::of(leave, hospital) })
}

#[derive(Template)]
#[template(path = "leave-received.email")]
struct Received<'a> {
    leave: &'a Details,
}

/// To the person: the request is here.
pub fn received(hospital: &Hospital, leave: &Leave) -> Result<Message, RenderError> {
    write(&Received { leave: &Details::of(leave, hospital) })
}

#[derive(Template)]
#[template(path = "leave-approved.email")]
struct Approved<'a> {
    leave: &'a Details,
    note: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "leave-rejected.email")]
struct Rejected<'a> {
    leave: &'a Details,
    note: Option<&'a str>,
}

/// To the person: an administrator has decided.
pub fn decided(hospital: &Hospital, leave: &Leave) -> Result<Message, RenderError> {
    let (details, note) = (&Details::of(leave, hospital), note(leave));
    if leave.status == LeaveStatus::Approved {
        write(&Approved { leave: details, note })
    } else {
        write(&Rejected { leave: details, note })
    }
}

#[derive(Template)]
#[template(path = "leave-cancelled.email")]
struct Cancelled<'a> {
    leave: &'a Details,
    note: Option<&'a str>,
    ends_earlier: bool,
}

/// To the person, or to administrators: leave that was granted is given back, or what is left of it.
pub fn cancelled(hospital: &Hospital, leave: &Leave) -> Result<Message, RenderError> {
    let ends_earlier = leave.status == LeaveStatus::Approved;
    write(&Cancelled { leave: &Details::of(leave, hospital), note: note(leave), ends_earlier })
}

fn note(leave: &Leave) -> Option<&str> {
    leave.decision.as_ref()?.note.as_ref().map(Reason::as_str)
}

#[cfg(test)]
pub(super) fn samples(value: &str) -> Vec<super::Sample> {
    let [name, kind, from, to, days, url] = [(); 6].map(|()| value.to_owned());
    let leave = &Details { name, kind, from, to, days, url };
    let mut samples = vec![("leave-asked", write(&Asked { leave })), ("leave-received", write(&Received { leave }))];
    for note in [None, Some(value)] {
        samples.push(("leave-approved", write(&Approved { leave, note })));
        samples.push(("leave-rejected", write(&Rejected { leave, note })));
        samples.push(("leave-cancelled", write(&Cancelled { leave, note, ends_earlier: note.is_some() })));
    }
    samples
}
