//! Randomness from the operating system, and the fingerprints kept of it.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::{
    digest,
    rand::{SecureRandom, SystemRandom},
};

/// Fills with random bytes.
#[derive(Clone, Debug)]
pub struct Random(SystemRandom);

impl Default for Random {
    fn default() -> Self {
        Self(SystemRandom::new())
    }
}

/// The operating system has no randomness to give; nothing can be done but to fail the request.
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

    /// Random text of `N` bytes' strength, safe in URLs and headers.
    pub fn secret<const N: usize>(&self) -> Result<String, NoEntropy> {
        self.bytes::<N>().map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// SHA-256 as text: how secrets with full entropy are stored, and how bodies are compared.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, bytes))
}

/// 128 bits of SHA-256: a number that follows from what it is the number of.
#[must_use]
pub fn digest(bytes: &[u8]) -> u128 {
    let digest = digest::digest(&digest::SHA256, bytes);
    digest.as_ref().iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}
