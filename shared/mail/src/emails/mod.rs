//! What the hospital's emails say. Each is one file in `templates/`, named after what it is about; here is what fills it in.

pub mod account;
pub mod appointment;
pub mod billing;
pub mod email_token;
pub(crate) mod format;
pub mod laboratory;
pub mod leave;
pub mod pharmacy;
pub mod prescription;
pub mod roster;
pub mod staff;
pub mod waiting;
pub mod ward;

use askama::Template;
use jiff::civil::Date;

use crate::{Message, RenderError};

/// `Monday 2 March 2026`.
fn day_in_words(day: Date) -> String {
    day.strftime("%A %-d %B %Y").to_string()
}

/// Fills in an email's file and reads it.
fn write(email: &impl Template) -> Result<Message, RenderError> {
    Ok(format::read(&email.render()?)?)
}

/// An email's file and what it says.
#[cfg(test)]
type Sample = (&'static str, Result<Message, RenderError>);

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use secrecy::ExposeSecret;

    use super::*;

    /// Every email, with this for every value.
    fn samples(value: &str) -> Vec<(&'static str, Message)> {
        let all = [
            account::samples(value),
            appointment::samples(value),
            billing::samples(value),
            email_token::samples(value),
            laboratory::samples(value),
            leave::samples(value),
            pharmacy::samples(value),
            prescription::samples(value),
            roster::samples(value),
            staff::samples(value),
            waiting::samples(value),
            ward::samples(value),
        ];
        all.into_iter().flatten().map(|(name, email)| (name, email.unwrap_or_else(|error| panic!("{name}: {error}")))).collect()
    }

    fn files() -> Vec<(String, String)> {
        let folder = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")).unwrap();
        let files = folder.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|kind| kind == "email"));
        files.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())).collect()
    }

    #[test]
    fn every_file_is_an_email() {
        let names: BTreeSet<_> = files().into_iter().map(|(name, _)| name).collect();
        let written: BTreeSet<_> = samples("x").into_iter().map(|(name, _)| name.to_owned()).collect();
        assert_eq!(names, written);
    }

    #[test]
    fn every_email_has_a_subject_and_whole_sentences() {
        for (name, email) in samples("Value 1") {
            assert!(!email.subject.is_empty() && !email.subject.ends_with('.'), "{name}: {}", email.subject);
            assert!(!email.paragraphs.is_empty(), "{name}");
            for paragraph in &email.paragraphs {
                let whole = paragraph.starts_with(char::is_uppercase) && paragraph.ends_with(['.', '?', '!']);
                assert!(whole && !paragraph.contains("  "), "{name}: {paragraph}");
            }
            let labels = email.facts.iter().map(|(label, _)| label).chain(email.link.iter().map(|link| &link.label));
            assert!(labels.clone().all(|label| label.starts_with(char::is_uppercase)), "{name}: {:?}", labels.collect::<Vec<_>>());
            let everything =
                [vec![email.subject.clone()], email.paragraphs.clone(), email.facts.iter().map(|(_, value)| value.clone()).collect()];
            for text in everything.iter().flatten() {
                assert!(!["{{", "}}", "{%", "%}", "{#", "#}"].iter().any(|syntax| text.contains(syntax)), "{name}: {text}");
            }
        }
    }

    /// Whoever changes what an email says sees it here as people read it.
    #[test]
    fn what_every_email_says() {
        let said = |(name, email): (&str, Message)| {
            let facts: Vec<_> = email.facts.iter().map(|(label, value)| format!("- {label}: {value}")).collect();
            let link = email.link.iter().map(|link| format!("[{}]", link.label));
            let parts = email.paragraphs.iter().cloned().chain((!facts.is_empty()).then(|| facts.join("\n"))).chain(link);
            format!("== {name}\nSubject: {}\n\n{}\n", email.subject, parts.collect::<Vec<_>>().join("\n\n"))
        };
        insta::assert_snapshot!(samples("VALUE").into_iter().map(said).collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn we_say_what_people_say() {
        for (name, file) in files() {
            let said = file.to_lowercase();
            let words: BTreeSet<_> = said.split(|c: char| !c.is_alphanumeric()).collect();
            for word in ["letter", "mail", "message", "visit", "house", "record", "records"] {
                assert!(!words.contains(word), "{name} says {word}");
            }
        }
    }

    #[test]
    fn a_value_adds_nothing_to_an_email() {
        let parts = |email: &Message| {
            let mut parts = vec![("subject", email.subject.clone())];
            parts.extend(email.paragraphs.iter().map(|paragraph| ("paragraph", paragraph.clone())));
            parts.extend(email.facts.iter().flat_map(|(label, value)| [("label", label.clone()), ("value", value.clone())]));
            let links = email.link.iter();
            parts.extend(links.flat_map(|link| [("link", link.label.clone()), ("url", link.url.expose_secret().to_owned())]));
            parts
        };
        for value in [
            "Eve\r\n\r\nSubject: Evil\n\n- Role: administrator\n\n[Sign in](http://evil.example)\n",
            "[x](http://evil.example)",
            "x](http://evil.example)\n[y",
            "- Role: administrator",
            "Subject: Evil",
            "\u{1} \u{3}x\u{4}\u{5}http://evil.example\u{6}\u{2028}- a: b",
            "{{ url }}{% if x %}",
        ] {
            let in_one_line = value.replace(|c: char| c.is_control() || c == '\u{2028}', " ");
            for ((name, plain), (_, hostile)) in samples("\u{3a9}").iter().zip(samples(value)) {
                let expected = parts(plain).into_iter().map(|(part, text)| (part, text.replace('\u{3a9}', &in_one_line).trim().to_owned()));
                assert_eq!(parts(&hostile), expected.collect::<Vec<_>>(), "{name}: {value}");
            }
        }
    }
}
