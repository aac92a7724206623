//! Random bytes from the operating system, and fingerprints of secrets.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::{
    digest,
    rand::{SecureRandom, SystemRandom},
};

/// Makes random bytes, ids and secrets.
#[derive(Clone, Debug)]
pub struct Random(SystemRandom);

impl Default for Random {
    fn default() -> Self {
        Self(SystemRandom::new())
    }
}

/// The operating system gave no random bytes. The request has to fail.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoEntropy;

impl Random {
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoEntropy> {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes).map_err(|_| NoEntropy)?;
        Ok(bytes)
    }

    /// For ids.
    pub fn u128(&self) -> Result<u128, NoEntropy> {
        self.bytes().map(u128::from_le_bytes)
    }

    /// `N` random bytes as text that is safe in URLs and headers.
    pub fn secret<const N: usize>(&self) -> Result<String, NoEntropy> {
        self.bytes::<N>().map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// SHA-256 as text. Only for secrets with full entropy and for ids: a guessable text can be found by trying.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, bytes))
}

/// 128 bits of SHA-256 as a number: always the same for the same bytes.
#[must_use]
pub fn digest(bytes: &[u8]) -> u128 {
    let digest = digest::digest(&digest::SHA256, bytes);
    digest.as_ref().iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}
