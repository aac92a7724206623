//! The token pair that a sign-in gives, and the form of a refresh token.
//!
//! A refresh token is `<user>.<session>.<secret>.<seal>`. The ids lead to its session. The table keeps only a fingerprint of the session's
//! current secret. The seal proves that the secret was made for this session, even after the next secret has replaced it.

use axum::http::{HeaderMap, header};
use domain::{
    account::Account,
    id::{SessionId, UserId},
    instant::Instant,
    session::lifetime,
};
use http::{Problem, auth::access_token::ACCESS_LIFETIME};
use jiff::Timestamp;
use platform::random::fingerprint;
use serde::Serialize;
use store::{sessions::Session, trail};
use utoipa::ToSchema;

use crate::{Users, refresh_key::RefreshKey};

/// An access token, and the refresh token that gets the next pair.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenPair {
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// For how many seconds the access token is valid.
    #[schema(example = 900)]
    expires_in: i64,
    /// Works for one `POST /auth/refresh`, which returns the next one.
    refresh_token: String,
    /// When the sign-in ends unless it is refreshed before: at most 30 minutes from now for staff, at most 30 days for patients.
    refresh_expires_at: Instant,
}

impl Users {
    /// A new sign-in of an account, and the secret of its first refresh token.
    pub(crate) fn new_session(&self, account: &Account, headers: &HeaderMap) -> Result<(Session, String), Problem> {
        let (now, secret) = (self.base.clock.now(), self.base.random.secret::<32>()?);
        let session = Session {
            id: SessionId::new(now, self.base.random.u128()?),
            user_id: account.id,
            token_hash: fingerprint(secret.as_bytes()),
            signed_in_at: now,
            refreshed_at: now,
            idle_until: now,
            ends_at: now,
            epoch: account.sign_in_epoch,
            from: trail::address(),
            device: device(headers),
            ended: None,
        };
        Ok((with_new_expiry(session, account, now), secret))
    }

    pub(crate) fn pair(&self, account: &Account, session: &Session, secret: &str) -> Result<TokenPair, Problem> {
        let jti = self.base.random.u128()?;
        let access_token = self.issuer.sign(account, session.id, jti, self.base.clock.now()).map_err(|error| Problem::internal(&error))?;
        Ok(TokenPair {
            access_token,
            token_type: "Bearer",
            expires_in: ACCESS_LIFETIME.as_secs(),
            refresh_token: format!("{}.{}.{secret}.{}", session.user_id, session.id, self.refresh_key.seal(session.id, secret)),
            refresh_expires_at: self.base.hospital.instant(session.idle_until.min(session.ends_at)),
        })
    }
}

/// The session after a sign-in or a refresh at this time. How long it lasts depends on the roles that the account has now.
pub(crate) fn with_new_expiry(session: Session, account: &Account, now: Timestamp) -> Session {
    let lifetime = lifetime(&account.active_roles());
    let after = |from: Timestamp, span| from.saturating_add(span).unwrap_or(from);
    Session { refreshed_at: now, idle_until: after(now, lifetime.idle), ends_at: after(session.signed_in_at, lifetime.absolute), ..session }
}

/// The ids and the secret in a refresh token; `None` unless the seal shows that the secret was made for this session.
pub(crate) fn parse<'a>(key: &RefreshKey, token: &'a str) -> Option<(UserId, SessionId, &'a str)> {
    let mut parts = token.split('.');
    let (user, session, secret, seal) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let (user, session) = (user.parse().ok()?, session.parse().ok()?);
    (parts.next().is_none() && key.is_seal(session, secret, seal)).then_some((user, session, secret))
}

/// The client's name for itself. It helps people to recognise their sign-ins.
fn device(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(header::USER_AGENT)?.to_str().ok()?.trim();
    Some(agent.chars().take(120).collect::<String>()).filter(|agent| !agent.is_empty())
}
