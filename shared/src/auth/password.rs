//! Password hashing: argon2id with 19 MiB, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet).

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::phc::{PasswordHash, Salt},
};
use domain::password::Password;

use crate::{
    http::Problem,
    random::{NoEntropy, Random},
};

/// A hash in PHC string form that belongs to no password anybody has: verified for unknown addresses, so that they take
/// as long as known ones.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bWVkaXRyYWNrLW5vYm9keQ$1uHUiuZ2YfAbOGjWhjn8K2Qr9yZB5cDcj1cXjCzL3XQ";

fn argon2() -> Argon2<'static> {
    let params = const {
        match Params::new(19_456, 2, 1, None) {
            Ok(params) => params,
            Err(_) => Params::DEFAULT,
        }
    };
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashing failed for want of memory or randomness.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
    #[error("argon2 failed: {0}")]
    Argon2(argon2::password_hash::Error),
}

impl From<HashError> for Problem {
    fn from(error: HashError) -> Self {
        Self::internal(&error)
    }
}

/// The hash to store, in PHC string form.
pub fn hash(password: &Password, random: &Random) -> Result<String, HashError> {
    let salt: [u8; Salt::RECOMMENDED_LENGTH] = random.bytes()?;
    let hash: PasswordHash = argon2().hash_password_with_salt(password.expose().as_bytes(), &salt).map_err(HashError::Argon2)?;
    Ok(hash.to_string())
}

/// Whether the password is the one that was hashed. Takes as long for nobody's hash (`None`) as for somebody's.
#[must_use]
pub fn verify(password: &str, hash: Option<&str>) -> bool {
    let verdict =
        PasswordHash::new(hash.unwrap_or(NOBODY)).is_ok_and(|parsed| argon2().verify_password(password.as_bytes(), &parsed).is_ok());
    verdict && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_verifies_its_password_only() {
        let hash = hash(&Password::parse("correct horse").unwrap(), &Random::default()).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse", Some(&hash)));
        assert!(!verify("correct hors", Some(&hash)));
        assert!(!verify("correct horse", None));
    }

    #[test]
    fn nobodys_hash_costs_the_same() {
        let parsed = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(Params::try_from(&parsed).unwrap().m_cost(), 19_456);
    }
}
