//! Cursors of lists, which nobody can make up.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::hmac;

use super::Problem;

const MAC_BYTES: usize = 32;

/// A secret that all functions share. It seals and opens cursors, and makes fingerprints.
#[derive(Clone, Debug)]
pub struct CursorKey(hmac::Key);

impl CursorKey {
    #[must_use]
    pub fn new(secret: &str) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))
    }

    /// A cursor that continues `list` after `position`. `list` names the list and everything it is filtered by.
    #[must_use]
    pub fn seal(&self, list: &str, position: &str) -> String {
        let mut bytes = hmac::sign(&self.0, sealed(list, position).as_bytes()).as_ref().to_vec();
        bytes.extend_from_slice(position.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// A fingerprint that nobody can make or guess without the secret.
    #[must_use]
    pub fn fingerprint(&self, bytes: &[u8]) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, bytes))
    }

    /// The position in a cursor that [`Self::seal`] made for the same list.
    pub fn open(&self, list: &str, cursor: &str) -> Result<String, Problem> {
        let position = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| {
            let (mac, position) = bytes.split_at_checked(MAC_BYTES)?;
            let position = str::from_utf8(position).ok()?;
            hmac::verify(&self.0, sealed(list, position).as_bytes(), mac).ok()?;
            Some(position.to_owned())
        });
        position
            .ok_or_else(|| Problem::bad_request("invalid_cursor", "Send `next_cursor` unchanged, with the list and filters it came from."))
    }
}

fn sealed(list: &str, position: &str) -> String {
    format!("{list}\n{position}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_its_own_list_only() {
        let key = CursorKey::new("secret");
        let cursor = key.seal("doctors", "cardiology");
        assert_eq!(key.open("doctors", &cursor).unwrap(), "cardiology");
        for (list, cursor) in
            [("patients", cursor.as_str()), ("doctors", &cursor[1..]), ("doctors", ""), ("doctors", "!"), ("doctors", "AAAA")]
        {
            assert_eq!(key.open(list, cursor).unwrap_err().code, "invalid_cursor");
        }
        assert!(CursorKey::new("other").open("doctors", &cursor).is_err());
    }
}
