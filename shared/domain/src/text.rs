//! Text that a person typed, parsed once.

use std::fmt;

use precis_core::{DerivedPropertyValue, FreeformClass, StringClass};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::Invalid;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $parse:expr;)*) => {$(
        $(#[$doc])*
        // A stored text was parsed when it was typed. It is not parsed again, because a stricter rule would make it unreadable.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Parses what was typed.
            ///
            /// # Errors
            /// When the text is not accepted. The refusal says what would be.
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
    /// A postal address in one field, up to 300 characters, with line breaks.
    PostalAddress: |text| free_text(text, 300, true);
    /// A person's full name, up to 100 characters. It appears in emails, so it must not be an address, a link or code.
    PersonName: |text| {
        let name = free_text(text, 100, false)?;
        let refused = |detail: &str| Err(Invalid::new("invalid_name", detail));
        if !name.chars().all(|c| c.is_alphanumeric() || is_mark(c) || " '\u{2019}\u{2018}\u{2bb}\u{2bc}`.,-/\u{2010}\u{2011}()&\u{5f3}\u{5f4}\u{f0b}\u{b7}\u{30fb}".contains(c)) {
            return refused("Give the name alone: letters, digits, spaces and `' . , - / ( ) &`.");
        }
        if name.contains('/') && !name.split('/').all(|part| part.starts_with(char::is_alphabetic)) {
            return refused("Use `/` between letters only, as in `Muthu A/L Raman`.");
        }
        if name.split(' ').any(looks_like_a_domain) {
            return refused("Put a space after each dot, unless a single letter follows: `J.R.R. Tolkien`, not `example.org`.");
        }
        if name.chars().any(char::is_alphabetic) { Ok(name) } else { refused("Give the name with at least one letter.") }
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
    /// A part of the medical record in several sentences, up to 1,000 characters.
    Narrative: |text| free_text(text, 1_000, true);
    /// A part of a doctor's note, up to 4,000 characters.
    NoteText: |text| free_text(text, 4_000, true);
    /// A place in the hospital, such as `Room 12, second floor`, up to 80 characters.
    Place: |text| free_text(text, 80, false);
    /// What a payment can be found by, such as the number of a transfer, up to 40 characters.
    Reference: |text| free_text(text, 40, false);
    /// Why something was asked for or cancelled, up to 300 characters.
    Reason: |text| free_text(text, 300, true);
    /// A short title, such as that of a qualification, up to 120 characters.
    Title: |text| free_text(text, 120, false);
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

/// Parses text of limited length into one form: NFC, single ASCII spaces, no spaces at the ends. It takes the characters that people
/// type and see, the freeform class of PRECIS (RFC 8264 §4.3). This class leaves out control characters, line separators, and invisible
/// characters that hide or reorder text.
fn free_text(text: &str, max_chars: usize, lines: bool) -> Result<String, Invalid> {
    // The API document's `maxLength` counts what is sent.
    let sent = text.chars().count();
    let text = if lines { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() };
    let text = text.split('\n').map(in_one_form).collect::<Vec<_>>().join("\n");
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace());
    if text.is_empty() {
        return Err(Invalid::new("required", "This must not be empty."));
    }
    if sent.max(text.chars().count()) > max_chars {
        return Err(Invalid::new("too_long", format!("Use at most {max_chars} characters.")));
    }
    if !text.split('\n').all(is_visible) || (text.contains('\n') && !lines) {
        return Err(Invalid::new("invalid_characters", "Remove control and invisible characters."));
    }
    Ok(text.to_owned())
}

/// The line in Unicode NFC, with one plain space for each run of spaces of any width.
fn in_one_form(line: &str) -> String {
    let is_space =
        |c: char| c == ' ' || matches!(c, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}');
    let words: String = line.nfc().collect();
    words.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn is_visible(line: &str) -> bool {
    let class = FreeformClass::default();
    // The class knows Unicode 6.3. Later characters are accepted, too, except where Unicode keeps room for invisible ones.
    let kept_for_invisible =
        |c: char| matches!(c, '\u{180f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{2065}' | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e0fff}');
    let is_newer = |c: char| class.get_value_from_char(c) == DerivedPropertyValue::Unassigned && !kept_for_invisible(c);
    class.allows(line.chars().map(|c| if is_newer(c) { 'a' } else { c }).collect::<String>()).is_ok()
}

/// Marks belong to the letter before them, and joiners to the letters around them. `free_text` has checked where a joiner may stand.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c) || matches!(c, '\u{200c}' | '\u{200d}')
}

/// Whether email programs would show the word as a link: `example.org`, but not `J.R.R.`.
fn looks_like_a_domain(word: &str) -> bool {
    (word.contains('.') && word.contains('/'))
        || word.split('.').skip(1).any(|part| part.chars().filter(|c| c.is_alphanumeric()).count() > 1)
}

impl PersonName {
    /// The first letters of the first and the last name: `A. B.`. Boards that others can see show no more.
    #[must_use]
    pub fn initials(&self) -> String {
        let words: Vec<_> = self.0.split([' ', '-']).filter_map(|word| word.chars().find(|c| c.is_alphanumeric())).collect();
        let letters: Vec<_> = words.first().into_iter().chain(words.get(1..).and_then(<[_]>::last)).collect();
        letters.iter().map(|letter| format!("{}.", letter.to_uppercase())).collect::<Vec<_>>().join(" ")
    }

    /// What an account is called until the front desk has confirmed who its owner is.
    #[must_use]
    pub fn new_patient() -> Self {
        Self("New patient".to_owned())
    }
}

impl Reference {
    /// The same for references that differ only in spaces or in upper and lower case.
    #[must_use]
    pub fn shortened(&self) -> String {
        let plain: String = self.as_str().chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        shortened(&plain)
    }
}

/// Twelve characters that stand for a text among a few others (FNV-1a): two of them do not meet, and nobody can gain anything from two that do.
#[must_use]
pub fn shortened(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{:012x}", hash >> 16)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn initials_are_those_of_the_first_and_the_last_name() {
        let initials = |name: &str| PersonName::parse(name).unwrap().initials();
        assert_eq!(initials("Ada Byron"), "A. B.");
        assert_eq!(initials("gabriel josé de la concordia garcía márquez"), "G. M.");
        assert_eq!(initials("J.R.R. Tolkien"), "J. T.");
        assert_eq!(initials("Anne-Marie"), "A. M.");
        assert_eq!((initials("Pelé"), initials("Øystein (senior)")), ("P.".to_owned(), "Ø. S.".to_owned()));
    }

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
        for bad in ["evil.example/login", "evil.example", "x.io", "=?utf-8?q?http=3A//evil.example?= A", "Ada <b>", "a:b", "50%", "123"] {
            assert_eq!(PersonName::parse(bad).map_err(|why| why.code).err(), Some("invalid_name"), "{bad}");
        }
        for hidden in ['\u{61c}', '\u{2028}', '\u{200b}', '\u{ad}', '\u{e0041}', '\u{fdd0}', '\u{10ffff}', '\u{200d}', '\u{e000}', '\u{7}']
        {
            for text in [format!("Ada{hidden}Byron"), format!("{hidden}Ada")] {
                assert_eq!(PersonName::parse(&text).unwrap_err().code, "invalid_characters", "{text:?}");
                assert_eq!(Reason::parse(&text).unwrap_err().code, "invalid_characters", "{text:?}");
            }
        }
        assert_eq!(PersonName::parse("Ada\nLovelace").unwrap_err().code, "invalid_characters");
        assert_eq!(PersonName::parse(&"a".repeat(101)).unwrap_err().code, "too_long");
        assert_eq!(Reason::parse("evil \u{202E}txt").unwrap_err().code, "invalid_characters");
    }

    #[test]
    fn names_of_people() {
        for name in [
            "Ada Byron",
            "Dr. med. Anna-Lena O'Neill (Cardiology)",
            "J.R.R. Tolkien",
            "Nguy\u{1ec5}n Th\u{1ecb} Minh Khai",
            "\u{738b}\u{79c0}\u{82f1}",
            "\u{645}\u{62d}\u{645}\u{62f}",
            "\u{930}\u{93e}\u{92e} \u{936}\u{930}\u{94d}\u{92e}\u{93e}",
            "Henry 8",
            "'t Hooft",
            "sister-in-law",
            "\u{1e900}\u{1e921}",
            "\u{646}\u{6cc}\u{6a9}\u{200c}\u{62e}\u{648}\u{627}\u{647}",
        ] {
            assert_eq!(PersonName::parse(name).unwrap().as_str(), name);
        }
        assert_eq!(PersonName::parse(" Ada\u{a0}\u{3000} Byron ").unwrap().as_str(), "Ada Byron");
        assert_eq!(PersonName::parse("Ame\u{301}lie").unwrap().as_str(), "Am\u{e9}lie");
        assert_eq!(PostalAddress::parse("1 High  Street\r\nLondon").unwrap().as_str(), "1 High Street\nLondon");
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
