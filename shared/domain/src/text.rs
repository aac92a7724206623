//! Text that a person typed, parsed once.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Invalid;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $parse:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses what was typed.
            ///
            /// # Errors
            /// When the text is not acceptable; the refusal says what is.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                let parse: fn(&str) -> Result<String, Invalid> = $parse;
                parse(text).map(Self)
            }

            /// The text in its canonical form.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;
            fn try_from(text: String) -> Result<Self, Invalid> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        /// Never shows the text: it identifies a person or says why they are ill.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

texts! {
    /// A postal address in one field, up to 300 characters, lines allowed.
    PostalAddress: |text| free_text(text, 300, true);
    /// A person's full name, up to 100 characters. It is put into emails, so it is no address and no link.
    PersonName: |text| {
        let name = free_text(text, 100, false)?;
        if name.contains("://") || name.to_lowercase().contains("www.") || name.contains('@') {
            return Err(Invalid::new("invalid_name", "Give the name alone, without a link or an address."));
        }
        if name.chars().any(char::is_alphabetic) {
            Ok(name)
        } else {
            Err(Invalid::new("invalid_name", "Give the name with at least one letter."))
        }
    };
    /// An email address in lower case, up to 254 characters (RFC 5321 §4.5.3.1.3).
    Email: |text| {
        let refused = || Invalid::new("invalid_email", "Give an email address such as `ada@example.org`.");
        let options = email_address::Options::default().with_required_tld().without_display_text().without_domain_literal();
        let text = text.trim();
        // Quoted local parts are legal and, in practice, always a mistake.
        if text.len() > 254 || !text.is_ascii() || text.contains('"') {
            return Err(refused());
        }
        email_address::EmailAddress::parse_with_options(text, options).map_err(|_| refused())?;
        Ok(text.to_ascii_lowercase())
    };
    /// A telephone number in E.164 form: `+` and 8 to 15 digits.
    Phone: |text| {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.')).collect();
        let number = digits.strip_prefix('+').unwrap_or_default();
        if (8..=15).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0') {
            Ok(digits)
        } else {
            Err(Invalid::new("invalid_phone", "Give the number with its country code, such as `+44 20 7946 0018`."))
        }
    };
    /// Why something was asked for or called off, up to 300 characters.
    Reason: |text| free_text(text, 300, true);
    /// A medical specialization in lower case, such as `cardiology` or `internal medicine`.
    Specialization: |text| {
        let name = free_text(text, 60, false)?.to_lowercase();
        if name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '&')) {
            Ok(name)
        } else {
            Err(Invalid::new("invalid_specialization", "Use letters, spaces, `-` and `&` only, such as `internal medicine`."))
        }
    };
}

/// Trimmed, not empty, bounded, and without control characters or the invisible ones that reorder text.
fn free_text(text: &str, max_chars: usize, lines: bool) -> Result<String, Invalid> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Invalid::new("required", "This must not be empty."));
    }
    if text.chars().count() > max_chars {
        return Err(Invalid::new("too_long", format!("Use at most {max_chars} characters.")));
    }
    let hidden = |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
    if text.chars().any(|c| hidden(c) || (c.is_control() && !(lines && matches!(c, '\n' | '\r')))) {
        return Err(Invalid::new("invalid_characters", "Remove control and invisible characters."));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn canonical_forms() {
        assert_eq!(Email::parse(" Ada@Example.ORG ").unwrap().as_str(), "ada@example.org");
        assert_eq!(Phone::parse("+44 (20) 7946-0018").unwrap().as_str(), "+442079460018");
        assert_eq!(Specialization::parse("Internal Medicine").unwrap().as_str(), "internal medicine");
    }

    #[test]
    fn refusals() {
        for bad in [
            "",
            "ada",
            "ada@",
            "@example.org",
            "ada@example",
            "Ada <ada@example.org>",
            "ada@[127.0.0.1]",
            "a b@example.org",
            "ada@example.org\r\nbcc: x@example.org",
            "\"a b\"@example.org",
        ] {
            assert_eq!(Email::parse(bad).unwrap_err().code, "invalid_email", "{bad}");
        }
        for bad in ["", "020 7946 0018", "+12", "+1234567890123456", "+44x2079460018", "+0123456789"] {
            assert_eq!(Phone::parse(bad).unwrap_err().code, "invalid_phone", "{bad}");
        }
        assert_eq!(PersonName::parse("  ").unwrap_err().code, "required");
        for link in ["Win http://evil.example now", "see www.evil.example", "ada@example.org"] {
            assert_eq!(PersonName::parse(link).unwrap_err().code, "invalid_name", "{link}");
        }
        assert_eq!(PersonName::parse("123").unwrap_err().code, "invalid_name");
        assert_eq!(PersonName::parse("Ada\nLovelace").unwrap_err().code, "invalid_characters");
        assert_eq!(PersonName::parse(&"a".repeat(101)).unwrap_err().code, "too_long");
        assert_eq!(Reason::parse("evil \u{202E}txt").unwrap_err().code, "invalid_characters");
    }

    #[test]
    fn debug_hides_the_text() {
        assert_eq!(format!("{:?}", Reason::parse("chest pain").unwrap()), "Reason(…)");
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_is_idempotent(text in "\\PC{0,400}") {
            if let Ok(email) = Email::parse(&text) { prop_assert_eq!(Email::parse(email.as_str()).unwrap(), email); }
            if let Ok(phone) = Phone::parse(&text) { prop_assert_eq!(Phone::parse(phone.as_str()).unwrap(), phone); }
            if let Ok(name) = PersonName::parse(&text) { prop_assert_eq!(PersonName::parse(name.as_str()).unwrap(), name); }
            if let Ok(spec) = Specialization::parse(&text) { prop_assert_eq!(Specialization::parse(spec.as_str()).unwrap(), spec); }
        }

        #[test]
        fn every_e164_number_is_accepted(number in "[1-9][0-9]{7,14}") {
            let number = format!("+{number}");
            prop_assert_eq!(String::from(Phone::parse(&number).unwrap()), number);
        }
    }
}
