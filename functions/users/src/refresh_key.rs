//! Derives the next refresh token of a sign-in, and the seal that makes earlier tokens recognisable.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::id::SessionId;
use platform::config::TokenKey;
use ring::hmac;
use secrecy::ExposeSecret;

/// Derives secrets and seals from the token key.
#[derive(Clone)]
pub(crate) struct RefreshKey(hmac::Key);

impl std::fmt::Debug for RefreshKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshKey(…)")
    }
}

impl RefreshKey {
    pub(crate) fn new(key: &TokenKey) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.0.expose_secret().as_bytes()))
    }

    /// Proves that a refresh secret was made for this sign-in, now or earlier. A made-up token has no seal, so it ends nothing.
    pub(crate) fn seal(&self, session: SessionId, secret: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, sealed(session, secret).as_bytes()))
    }

    /// Whether [`Self::seal`] made this seal.
    pub(crate) fn is_seal(&self, session: SessionId, secret: &str, seal: &str) -> bool {
        let seal = BASE64_URL_SAFE_NO_PAD.decode(seal).unwrap_or_default();
        hmac::verify(&self.0, sealed(session, secret).as_bytes(), &seal).is_ok()
    }

    /// The secret of the next refresh token. Exchanging the same token twice gives the same next secret.
    pub(crate) fn next_secret(&self, session: SessionId, secret: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, format!("refresh\n{session}\n{secret}").as_bytes()))
    }
}

fn sealed(session: SessionId, secret: &str) -> String {
    format!("seal\n{session}\n{secret}")
}
