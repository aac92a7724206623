//! Tokens that are sent by email.
//!
//! They are derived with a key that only `users` and `notifications` hold: the table keeps the token's id and what it is
//! for, so whoever reads the table holds no token, and an email that has to be sent again carries the same one.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::id::EmailTokenId;
use platform::config::TokenKey;
use ring::hmac;
use secrecy::ExposeSecret;

/// Makes and opens them.
#[derive(Clone)]
pub struct EmailTokens(hmac::Key);

impl std::fmt::Debug for EmailTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EmailTokens(…)")
    }
}

impl EmailTokens {
    #[must_use]
    pub fn new(key: &TokenKey) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.0.expose_secret().as_bytes()))
    }

    /// The token with this id, as its email says it.
    #[must_use]
    pub fn write(&self, id: EmailTokenId) -> String {
        format!("{id}.{}", BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, signed(id).as_bytes())))
    }

    /// The id of a token that [`Self::write`] wrote.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<EmailTokenId> {
        let (id, tag) = token.trim().split_once('.')?;
        let (id, tag) = (id.parse().ok()?, BASE64_URL_SAFE_NO_PAD.decode(tag).ok()?);
        hmac::verify(&self.0, signed(id).as_bytes(), &tag).ok().map(|()| id)
    }
}

fn signed(id: EmailTokenId) -> String {
    format!("email\n{id}")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_token_is_read_by_its_key_only() {
        let (key, id) = (EmailTokens::new(&TokenKey("secret".into())), EmailTokenId::new(Timestamp::UNIX_EPOCH, 7));
        let token = key.write(id);
        assert_eq!(key.read(&format!(" {token}\n")), Some(id));
        let other = EmailTokenId::new(Timestamp::UNIX_EPOCH, 8).to_string();
        let swapped = token.replace(&id.to_string(), &other);
        for bad in ["", ".", "x", &token[1..], &token[..token.len() - 1], &format!("{token}A"), &swapped] {
            assert_eq!(key.read(bad), None, "{bad}");
        }
        assert_eq!(EmailTokens::new(&TokenKey("other".into())).read(&token), None);
    }
}
