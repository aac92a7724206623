//! The token pair that a sign-in gives, and what a refresh token looks like.
//!
//! A refresh token is `<user>.<session>.<secret>`: the ids lead to its session, and only a fingerprint of the secret is kept.

use domain::{
    account::Account,
    id::{SessionId, UserId},
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use shared::{auth::token::ACCESS_LIFETIME, http::Problem, random::fingerprint};
use utoipa::ToSchema;

use crate::Users;

/// How long a refresh token is good for.
const REFRESH_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long after its sign-in a session ends, however often it was refreshed.
pub(crate) const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What to send, and what to come back with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenPair {
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds that the access token is good for.
    #[schema(example = 900)]
    expires_in: i64,
    /// Good for one `POST /auth/refresh`, which gives the next.
    refresh_token: String,
    /// When the refresh token expires.
    refresh_expires_at: String,
}

/// The secret half of a session.
pub(crate) struct RefreshToken {
    pub(crate) text: String,
    pub(crate) hash: String,
    pub(crate) expires_at: Timestamp,
}

impl Users {
    pub(crate) fn refresh_token(&self, user: UserId, session: SessionId) -> Result<RefreshToken, Problem> {
        let secret = self.base.random.secret::<32>()?;
        let now = self.base.clock.now();
        let expires_at = now.checked_add(REFRESH_LIFETIME).map_err(|error| Problem::internal(&error))?;
        Ok(RefreshToken { text: format!("{user}.{session}.{secret}"), hash: fingerprint(secret.as_bytes()), expires_at })
    }

    pub(crate) fn pair(&self, account: &Account, session: SessionId, refresh: RefreshToken) -> Result<TokenPair, Problem> {
        let jti = self.base.random.u128()?;
        let access_token = self.issuer.sign(account, session, jti, self.base.clock.now()).map_err(|error| Problem::internal(&error))?;
        Ok(TokenPair {
            access_token,
            token_type: "Bearer",
            expires_in: ACCESS_LIFETIME.as_secs(),
            refresh_token: refresh.text,
            refresh_expires_at: self.base.house.instant(refresh.expires_at),
        })
    }
}

/// Takes a refresh token apart: whose session, and the secret's fingerprint.
pub(crate) fn parse(token: &str) -> Option<(UserId, SessionId, String)> {
    let mut parts = token.split('.');
    let (user, session, secret) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || secret.len() != 43 {
        return None;
    }
    Some((user.parse().ok()?, session.parse().ok()?, fingerprint(secret.as_bytes())))
}
