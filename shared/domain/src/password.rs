//! Which passwords are accepted: 8 to 128 characters, no composition rules, and none that many people use
//! (NIST SP 800-63B §3.1.1.2, ASVS 5.0 §6.2).

use unicode_normalization::UnicodeNormalization;

use crate::{
    Invalid,
    text::{Email, PersonName},
};

/// Those of the 20,000 most common passwords that have eight characters or more, in lower case. From Royce Williams' list,
/// as Django ships it (BSD 3-Clause).
const COMMON: &str = include_str!("common-passwords.txt");

/// A password as typed.
pub struct Password(String);

impl Password {
    /// Parses what was typed. Nothing is trimmed or cut. Keyboards write `é` as one character or as two; both are the same password
    /// (Unicode NFC; NIST SP 800-63B §3.1.1.2).
    ///
    /// # Errors
    /// When it is too short or too long.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text: String = text.nfc().collect();
        match text.chars().count() {
            0..8 => Err(Invalid::new("too_short", "Use at least 8 characters; a sentence works well.")),
            8..=128 => Ok(Self(text)),
            _ => Err(Invalid::new("too_long", "Use at most 128 characters.")),
        }
    }

    /// Parses a password that somebody chooses. It must not be a common one, nor their own name or email address.
    ///
    /// # Errors
    /// When it is too short, too long or easily guessed.
    pub fn choose(text: &str, email: Option<&Email>, name: Option<&PersonName>) -> Result<Self, Invalid> {
        let password = Self::parse(text)?;
        let typed = password.0.to_lowercase();
        let one_character = typed.chars().skip(1).all(|c| typed.starts_with(c));
        if one_character || COMMON.lines().any(|common| common == typed) {
            return Err(Invalid::new("too_common", "Many people use this password, so it is guessed first. A sentence works well."));
        }
        let address = email.map(Email::as_str).unwrap_or_default();
        let mailbox = address.split('@').next().unwrap_or_default();
        let letters_of = |text: &str| text.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "");
        let own = name.map(|name| letters_of(name.as_str())).unwrap_or_default();
        if [letters_of(address), letters_of(mailbox), own].contains(&letters_of(&typed)) && !letters_of(&typed).is_empty() {
            return Err(Invalid::new("too_personal", "Do not use your name or email address as the password."));
        }
        Ok(password)
    }

    /// The password, for hashing only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters_and_nothing_is_cut() {
        assert_eq!(Password::parse("1234567").unwrap_err().code, "too_short");
        assert_eq!(Password::parse("pässwörd").unwrap().expose(), "pässwörd");
        assert_eq!(Password::parse(&"ü".repeat(128)).unwrap().expose().chars().count(), 128);
        assert_eq!(Password::parse(&"x".repeat(129)).unwrap_err().code, "too_long");
        assert_eq!(Password::parse("cafe\u{301} noir").unwrap().expose(), "caf\u{e9} noir");
        assert_eq!(Password::parse("  spaces  ").unwrap().expose(), "  spaces  ");
    }

    #[test]
    fn what_many_use_is_refused_and_no_composition_is_asked_for() {
        assert!(COMMON.lines().count() > 3_000, "ASVS 5.0 6.2.4 asks for 3,000");
        for common in ["password", "12345678", "iloveyou", "PassWord1", "qwertyuiop", "zzzzzzzzzzzzzzz", "          "] {
            assert_eq!(Password::choose(common, None, None).unwrap_err().code, "too_common", "{common}");
        }
        assert!(Password::choose("only lower case letters", None, None).is_ok());
    }

    #[test]
    fn nor_may_it_be_ones_own_name_or_address() {
        let (email, name) = (Email::parse("grace.hopper@example.org").unwrap(), PersonName::parse("Grace Hopper").unwrap());
        for personal in ["grace.hopper@example.org", "Grace.Hopper", "GRACE HOPPER", "gracehopper"] {
            assert_eq!(Password::choose(personal, Some(&email), Some(&name)).unwrap_err().code, "too_personal", "{personal}");
        }
    }
}
