//! Cursors of lists, which nobody can make up or read: a position may have a patient's name in it, and a cursor is part of an address.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};

use super::Problem;

/// A secret that all functions share. It seals and opens cursors, and makes fingerprints.
#[derive(Clone, Debug)]
pub struct CursorKey {
    fingerprints: hmac::Key,
    /// `None` cannot be: the key has the length that the algorithm asks for.
    cursors: Option<LessSafeKey>,
}

impl CursorKey {
    #[must_use]
    pub fn new(secret: &str) -> Self {
        let fingerprints = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let cursors = UnboundKey::new(&AES_256_GCM, hmac::sign(&fingerprints, b"\0cursors").as_ref()).ok().map(LessSafeKey::new);
        Self { fingerprints, cursors }
    }

    /// A cursor that continues `list` after `position`. `list` names the list and everything it is filtered by.
    #[must_use]
    pub fn seal(&self, list: &str, position: &str) -> String {
        // The nonce follows from what is sealed, so no two positions have the same one.
        let nonce = self.fingerprint_of(format!("{list}\n{position}").as_bytes());
        let mut bytes = position.as_bytes().to_vec();
        let sealed = self
            .cursors
            .as_ref()
            .map(|key| key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(list.as_bytes()), &mut bytes));
        if !matches!(sealed, Some(Ok(()))) {
            bytes.clear();
        }
        BASE64_URL_SAFE_NO_PAD.encode([&nonce[..], &bytes].concat())
    }

    /// A fingerprint that nobody can make or guess without the secret.
    #[must_use]
    pub fn fingerprint(&self, bytes: &[u8]) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&self.fingerprints, bytes))
    }

    fn fingerprint_of(&self, bytes: &[u8]) -> [u8; NONCE_LEN] {
        let mut short = [0; NONCE_LEN];
        short.iter_mut().zip(hmac::sign(&self.fingerprints, bytes).as_ref()).for_each(|(to, from)| *to = *from);
        short
    }

    /// The position in a cursor that [`Self::seal`] made for the same list.
    pub fn open(&self, list: &str, cursor: &str) -> Result<String, Problem> {
        let position = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| {
            let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
            let (nonce, mut sealed) = (Nonce::try_assume_unique_for_key(nonce).ok()?, sealed.to_vec());
            let position = self.cursors.as_ref()?.open_in_place(nonce, Aad::from(list.as_bytes()), &mut sealed).ok()?;
            Some(str::from_utf8(position).ok()?.to_owned())
        });
        position
            .ok_or_else(|| Problem::bad_request("invalid_cursor", "Send `next_cursor` unchanged, with the list and filters it came from."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_its_own_list_only() {
        let key = CursorKey::new("secret");
        let cursor = key.seal("doctors", "cardiology");
        assert_eq!(key.open("doctors", &cursor).unwrap(), "cardiology");
        assert_eq!(key.seal("doctors", "cardiology"), cursor, "the same place has the same cursor");
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&cursor).unwrap();
        assert!(!bytes.windows(4).any(|part| b"cardiology".windows(4).any(|word| word == part)), "nobody can read it");
        for (list, cursor) in
            [("patients", cursor.as_str()), ("doctors", &cursor[1..]), ("doctors", ""), ("doctors", "!"), ("doctors", "AAAA")]
        {
            assert_eq!(key.open(list, cursor).unwrap_err().code, "invalid_cursor");
        }
        assert!(CursorKey::new("other").open("doctors", &cursor).is_err());
    }
}
