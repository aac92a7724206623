//! How an email's file is read once its values are in: `templates/README.md` says what the lines mean.

use std::fmt;

use askama::filters::Escaper;

use crate::{Link, Message};

/// What `{{ … }}` writes into an email's file: words and nothing else.
///
/// Of a value no character starts a line, and none of those that make a fact or a link does so: control characters, line breaks among
/// them, become spaces, and control characters stand in for the others until the lines have been read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words;

/// What makes facts and links, and what stands in for it in a value.
const MARKS: [(char, char); 6] = [('-', '\u{1}'), (':', '\u{2}'), ('[', '\u{3}'), (']', '\u{4}'), ('(', '\u{5}'), (')', '\u{6}')];

impl Escaper for Words {
    fn write_escaped_str<W: fmt::Write>(&self, mut file: W, value: &str) -> fmt::Result {
        value.chars().try_for_each(|c| file.write_char(in_a_line(c)))
    }
}

fn in_a_line(c: char) -> char {
    let stand_in = MARKS.iter().find(|(mark, _)| *mark == c).map(|(_, stand_in)| *stand_in);
    let breaks = c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    stand_in.unwrap_or(if breaks { ' ' } else { c })
}

/// Text of a line, with values as they are.
fn in_full(text: &str) -> String {
    let mark = |c: char| MARKS.iter().find(|(_, stand_in)| *stand_in == c).map_or(c, |(mark, _)| *mark);
    text.trim().chars().map(mark).collect()
}

/// An email's file does not have the form that it must have.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("the email does not begin with `Subject: `")]
    Subject,
    #[error("the email has no paragraph")]
    Empty,
    #[error("a fact in the email is not `- label: value`")]
    Fact,
    #[error("a link in the email is not `[label](address)`, or it is the second one")]
    Link,
}

/// Reads the lines of an email.
pub(super) fn read(file: &str) -> Result<Message, Malformed> {
    let (subject, body) = file.split_once('\n').ok_or(Malformed::Empty)?;
    let subject = in_full(subject.strip_prefix("Subject: ").ok_or(Malformed::Subject)?);
    let mut message = Message { subject, paragraphs: Vec::new(), facts: Vec::new(), link: None, invitation: None, attachment: None };
    let mut paragraph: Vec<&str> = Vec::new();
    // One more, so that the last paragraph ends like the others.
    for line in body.lines().map(str::trim).chain([""]) {
        let fact = line.strip_prefix("- ");
        if fact.is_some() || line.is_empty() || line.starts_with('[') {
            if !paragraph.is_empty() {
                message.paragraphs.push(in_full(&paragraph.join(" ")));
            }
            paragraph.clear();
        } else {
            paragraph.push(line);
        }
        if let Some(fact) = fact {
            let (label, value) = fact.split_once(':').ok_or(Malformed::Fact)?;
            message.facts.push((in_full(label), in_full(value)));
        } else if let Some(link) = line.strip_prefix('[') {
            let parts = link.strip_suffix(')').and_then(|link| link.split_once("]("));
            let (label, url) = parts.filter(|_| message.link.is_none()).ok_or(Malformed::Link)?;
            message.link = Some(Link { label: in_full(label), url: in_full(url).into() });
        }
    }
    if message.paragraphs.is_empty() { Err(Malformed::Empty) } else { Ok(message) }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn an_email_is_a_subject_paragraphs_facts_and_a_link() {
        let file = "Subject: New: one\n\n\nOne\nand a half.\nTwo: with [brackets].\n- When: 09:00 to 09:30\n\n\n- Where:\n[Open](https://x/y)\n\nLast.";
        let message = read(file).unwrap();
        assert_eq!(message.subject, "New: one");
        assert_eq!(message.paragraphs, ["One and a half. Two: with [brackets].", "Last."]);
        let facts: Vec<_> = message.facts.iter().map(|(label, value)| (label.as_str(), value.as_str())).collect();
        assert_eq!(facts, [("When", "09:00 to 09:30"), ("Where", "")]);
        let link = message.link.unwrap();
        assert_eq!((link.label.as_str(), link.url.expose_secret()), ("Open", "https://x/y"));
    }

    #[test]
    fn a_file_of_another_form_is_refused() {
        for (file, why) in [
            ("", Malformed::Empty),
            ("Subject: x", Malformed::Empty),
            ("Subject: x\n\n- When: now", Malformed::Empty),
            ("\nSubject: x\n\nText.", Malformed::Subject),
            ("Text.\n", Malformed::Subject),
            ("Subject: x\n\nText.\n- When", Malformed::Fact),
            ("Subject: x\n\nText.\n[Open]", Malformed::Link),
            ("Subject: x\n\nText.\n[Open](x) now", Malformed::Link),
            ("Subject: x\n\nText.\n[Open](x)\n[Open](y)", Malformed::Link),
        ] {
            assert_eq!(read(file).unwrap_err(), why, "{file}");
        }
    }

    #[test]
    fn a_value_comes_out_as_it_went_in_but_for_its_lines() {
        let mut file = "Subject: ".to_owned();
        Words.write_escaped_str(&mut file, "a\r\nSubject: b\u{1}\u{2028}c").unwrap();
        file.push_str("\n\n");
        Words.write_escaped_str(&mut file, "- [x](http://evil.example): (\\)").unwrap();
        let message = read(&file).unwrap();
        assert_eq!(
            (message.subject.as_str(), &message.paragraphs[..]),
            ("a  Subject: b  c", &["- [x](http://evil.example): (\\)".to_owned()][..])
        );
        assert!(message.facts.is_empty() && message.link.is_none());
    }
}
