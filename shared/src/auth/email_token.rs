//! Tokens that are sent by email, and the next refresh token of a sign-in.
//!
//! Both are derived with a key that only `users` and `notifications` hold: the table keeps the token's id and what it is
//! for, so whoever reads the table holds no token, and a letter that has to be sent again carries the same one.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::id::{EmailTokenId, SessionId};
use ring::hmac;

use crate::config::TokenKey;

/// Makes and opens tokens.
#[derive(Clone)]
pub struct Tokens(hmac::Key);

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(…)")
    }
}

impl Tokens {
    #[must_use]
    pub fn new(key: &TokenKey) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.0.as_bytes()))
    }

    /// The token with this id, as its email says it.
    #[must_use]
    pub fn write(&self, id: EmailTokenId) -> String {
        format!("{id}.{}", BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, letter(id).as_bytes())))
    }

    /// The id of a token that [`Self::write`] wrote.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<EmailTokenId> {
        let (id, tag) = token.trim().split_once('.')?;
        let (id, tag) = (id.parse().ok()?, BASE64_URL_SAFE_NO_PAD.decode(tag).ok()?);
        hmac::verify(&self.0, letter(id).as_bytes(), &tag).ok().map(|()| id)
    }

    /// Shows that a refresh secret is one of a sign-in's, an earlier one perhaps: a made-up one ends nothing.
    #[must_use]
    pub fn seal_refresh(&self, session: SessionId, secret: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, sealed(session, secret).as_bytes()))
    }

    /// Whether [`Self::seal_refresh`] made this seal.
    #[must_use]
    pub fn is_refresh_seal(&self, session: SessionId, secret: &str, seal: &str) -> bool {
        let seal = BASE64_URL_SAFE_NO_PAD.decode(seal).unwrap_or_default();
        hmac::verify(&self.0, sealed(session, secret).as_bytes(), &seal).is_ok()
    }

    /// The secret of the refresh token that follows another: the same when the same one is exchanged twice.
    #[must_use]
    pub fn next_refresh_secret(&self, session: SessionId, secret: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, format!("refresh\n{session}\n{secret}").as_bytes()))
    }
}

fn sealed(session: SessionId, secret: &str) -> String {
    format!("seal\n{session}\n{secret}")
}

fn letter(id: EmailTokenId) -> String {
    format!("email\n{id}")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_token_is_read_by_its_key_only() {
        let (key, id) = (Tokens::new(&TokenKey("secret".to_owned())), EmailTokenId::new(Timestamp::UNIX_EPOCH, 7));
        let token = key.write(id);
        assert_eq!(key.read(&format!(" {token}\n")), Some(id));
        let other = EmailTokenId::new(Timestamp::UNIX_EPOCH, 8).to_string();
        let swapped = token.replace(&id.to_string(), &other);
        for bad in ["", ".", "x", &token[1..], &token[..token.len() - 1], &format!("{token}A"), &swapped] {
            assert_eq!(key.read(bad), None, "{bad}");
        }
        assert_eq!(Tokens::new(&TokenKey("other".to_owned())).read(&token), None);
    }
}
