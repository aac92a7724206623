//! Password hashing with argon2id, at the configured cost.

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::phc::{PasswordHash, Salt},
};
use domain::password::Password;
use http::Problem;
use platform::{
    config::PasswordCost,
    random::{NoEntropy, Random},
};

/// A salt and a hash, in PHC string form, of a password that nobody has.
const DECOY_HASH: &str = "bWVkaXRyYWNrLW5vYm9keQ$1uHUiuZ2YfAbOGjWhjn8K2Qr9yZB5cDcj1cXjCzL3XQ";

/// Hashes and verifies passwords.
#[derive(Debug, Clone)]
pub struct Passwords {
    params: Params,
    decoy_hash: String,
}

/// Hashing failed for lack of memory or randomness.
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

impl Passwords {
    #[must_use]
    pub fn new(cost: PasswordCost) -> Self {
        let PasswordCost { memory_kib, passes } = cost;
        // A cost outside the algorithm's range becomes the recommended one.
        let params = Params::new(memory_kib, passes, 1, None).unwrap_or(Params::DEFAULT);
        Self { decoy_hash: format!("$argon2id$v=19$m={},t={},p=1${DECOY_HASH}", params.m_cost(), params.t_cost()), params }
    }

    /// The hash to store, in PHC string form.
    pub fn hash(&self, password: &Password, random: &Random) -> Result<String, HashError> {
        let salt: [u8; Salt::RECOMMENDED_LENGTH] = random.bytes()?;
        let hash: PasswordHash = self.argon2().hash_password_with_salt(password.expose().as_bytes(), &salt).map_err(HashError::Argon2)?;
        Ok(hash.to_string())
    }

    /// Whether the password is the one that was hashed. Without a hash (`None`) it takes the same time, so that the time does not show
    /// whether an email address has an account.
    #[must_use]
    pub fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        let verdict = PasswordHash::new(hash.unwrap_or(&self.decoy_hash))
            .is_ok_and(|parsed| self.argon2().verify_password(password.as_bytes(), &parsed).is_ok());
        verdict && hash.is_some()
    }

    fn argon2(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_verifies_its_password_only() {
        let passwords = Passwords::new(PasswordCost::default());
        let hash = passwords.hash(&Password::parse("correct horse").unwrap(), &Random::default()).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.verify("correct horse", Some(&hash)));
        assert!(!passwords.verify("correct hors", Some(&hash)));
        assert!(!passwords.verify("correct horse", None));
    }

    #[test]
    fn nobodys_hash_costs_the_same() {
        for cost in [PasswordCost::default(), PasswordCost { memory_kib: 64, passes: 1 }] {
            let passwords = Passwords::new(cost);
            let parsed = PasswordHash::new(&passwords.decoy_hash).unwrap();
            let params = Params::try_from(&parsed).unwrap();
            assert_eq!((params.m_cost(), params.t_cost()), (cost.memory_kib, cost.passes));
        }
    }
}
