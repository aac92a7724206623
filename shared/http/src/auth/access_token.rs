//! Access tokens: signed by `users` alone, verified by every function with public keys.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    Clock,
    account::Account,
    id::{DoctorId, PatientId, SessionId, UserId},
    role::Role,
};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, jwk::JwkSet};
use platform::config::SigningKey;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::ring_provider;
use crate::Problem;

/// How long an access token is valid.
pub const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_mins(15);

const AUDIENCE: &str = "meditrack";
const TYPE: &str = "at+jwt"; // RFC 9068 §2.1

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
    sid: SessionId,
    roles: BTreeSet<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patient: Option<PatientId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doctor: Option<DoctorId>,
}

/// Signs access tokens.
#[derive(Clone)]
pub struct Issuer {
    key: EncodingKey,
    header: Header,
    iss: String,
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Issuer(…)")
    }
}

impl Issuer {
    pub fn new(key: &SigningKey, issuer: String) -> Result<Self, KeySetError> {
        ring_provider::install();
        let der = BASE64_STANDARD.decode(key.pkcs8.expose_secret()).map_err(|_| KeySetError)?;
        ring::signature::Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map_err(|_| KeySetError)?;
        let header = Header { typ: Some(TYPE.to_owned()), kid: Some(key.id.clone()), ..Header::new(Algorithm::EdDSA) };
        Ok(Self { key: EncodingKey::from_ed_der(&der), header, iss: issuer })
    }

    /// An access token for one sign-in of an account. `jti` must be unique.
    pub fn sign(&self, account: &Account, session: SessionId, jti: u128, now: Timestamp) -> Result<String, jsonwebtoken::errors::Error> {
        let now = now.as_second();
        let claims = Claims {
            iss: self.iss.clone(),
            aud: AUDIENCE.to_owned(),
            sub: account.id,
            iat: now,
            nbf: now,
            exp: now + ACCESS_LIFETIME.as_secs(),
            jti: format!("{jti:032x}"),
            sid: session,
            roles: account.active_roles(),
            patient: account.patient_id,
            doctor: account.doctor_id,
        };
        jsonwebtoken::encode(&self.header, &claims, &self.key)
    }
}

/// The caller that an access token names, and what it says about them.
#[derive(Clone, Debug)]
pub struct Bearer {
    pub user_id: UserId,
    pub session_id: SessionId,
    pub roles: BTreeSet<Role>,
    pub patient_id: Option<PatientId>,
    pub doctor_id: Option<DoctorId>,
}

/// Verifies access tokens.
#[derive(Clone)]
pub struct Verifier {
    keys: Arc<HashMap<String, DecodingKey>>,
    issuer: String,
    clock: Clock,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Verifier({} keys)", self.keys.len())
    }
}

/// The configured keys are unusable.
#[derive(Debug, thiserror::Error)]
#[error("the token keys are not an Ed25519 key pair and its JSON Web Key Set")]
pub struct KeySetError;

impl Verifier {
    pub fn new(jwks: &str, issuer: String, clock: Clock) -> Result<Self, KeySetError> {
        ring_provider::install();
        let set: JwkSet = serde_json::from_str(jwks).map_err(|_| KeySetError)?;
        let mut keys = HashMap::new();
        for jwk in &set.keys {
            let id = jwk.common.key_id.clone().ok_or(KeySetError)?;
            keys.insert(id, DecodingKey::from_jwk(jwk).map_err(|_| KeySetError)?);
        }
        if keys.is_empty() {
            return Err(KeySetError);
        }
        Ok(Self { keys: Arc::new(keys), issuer, clock })
    }

    /// The caller that the token names. Every forged token gets the same answer.
    pub fn verify(&self, token: &str) -> Result<Bearer, Problem> {
        let invalid = || Problem::unauthenticated("unauthenticated", "The access token is not valid. Sign in again.");
        let header = jsonwebtoken::decode_header(token).map_err(|_| invalid())?;
        if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TYPE) {
            return Err(invalid());
        }
        let key = header.kid.and_then(|kid| self.keys.get(&kid)).ok_or_else(invalid)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        // Checked below, against the clock that was passed in.
        validation.validate_exp = false;
        let claims: Claims = jsonwebtoken::decode(token, key, &validation).map_err(|_| invalid())?.claims;
        let now = self.clock.now().as_second();
        if now >= claims.exp {
            return Err(Problem::token_expired());
        }
        // The clocks of two machines may differ a little.
        if claims.nbf > now + 60 || claims.exp - claims.nbf > ACCESS_LIFETIME.as_secs() {
            return Err(invalid());
        }
        Ok(Bearer {
            user_id: claims.sub,
            session_id: claims.sid,
            roles: claims.roles,
            patient_id: claims.patient,
            doctor_id: claims.doctor,
        })
    }
}

/// The JSON Web Key Set (RFC 7517) of one Ed25519 public key (RFC 8037).
#[must_use]
pub fn key_set(id: &str, public_key: &[u8]) -> String {
    let x = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(public_key);
    serde_json::json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": id, "x": x }] }).to_string()
}
