//! Sign-ins, and the refresh token that each one holds.

use domain::{
    account::Account,
    id::{EmailTokenId, SessionId, UserId},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Key, Record, Store, StoreError, from_item, keys, text};

/// One sign-in. Only the hash of its refresh token is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    /// SHA-256 of the refresh token that is good now.
    pub token_hash: String,
    pub signed_in_at: Timestamp,
    pub refreshed_at: Timestamp,
    /// When it ends unless it is refreshed.
    pub idle_until: Timestamp,
    /// When it ends whatever happens.
    pub ends_at: Timestamp,
    /// The account's `sign_in_epoch` when it began.
    pub epoch: u32,
    /// The IP address that it began from.
    pub from: Option<String>,
    /// The client that it began on, as it called itself.
    pub device: Option<String>,
    pub ended: Option<End>,
}

/// Why a sign-in ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    SignedOut,
    /// A refresh token was used twice, so somebody other than the owner has had it.
    TokenReused,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({}, …)", self.id)
    }
}

impl Session {
    /// Whether it is still good for its account.
    #[must_use]
    pub fn holds(&self, account: &Account, now: Timestamp) -> bool {
        self.ended.is_none() && self.epoch == account.sign_in_epoch && now < self.ends_at
    }
}

impl Record for Session {
    const KIND: &'static str = "session";
    fn key(&self) -> Key {
        keys::session(self.user_id, self.id)
    }
    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.idle_until.min(self.ends_at))
    }
}

impl Store {
    /// Notes a sign-in; `false` when its id is in use.
    pub async fn session_begin(&self, session: &Session) -> Result<bool, StoreError> {
        // The stored one is ours if the client repeated a request whose answer was lost.
        Ok(self.put_new(session).await? || self.session(session.user_id, session.id).await?.as_ref() == Some(session))
    }

    /// Notes a sign-in by an emailed token, and uses the token up. When several try with one token, one succeeds.
    pub async fn session_begin_by_token(&self, session: &Session, token: EmailTokenId) -> Result<(), BeginError> {
        let mut write = self.transaction();
        write.delete_if(&keys::email_token(token), "attribute_exists(pk)", &[], |_| BeginError::TokenUsed)?;
        write.put_new(session, |_| BeginError::TokenUsed)?;
        write.commit().await
    }

    pub async fn session(&self, user: UserId, id: SessionId) -> Result<Option<Session>, StoreError> {
        self.get(&keys::session(user, id)).await
    }

    /// An account's sign-ins, latest first, before one of them.
    pub async fn session_list(&self, user: UserId, before: Option<SessionId>, limit: usize) -> Result<Vec<Session>, StoreError> {
        let found = self.query(keys::sessions(user, before)).latest_first(true).consistent().first(limit).await?;
        found.into_iter().map(from_item).collect()
    }

    /// Exchanges the session's token for the next one. When several try with the same token, one succeeds.
    pub async fn session_rotate(&self, before: &Session, after: &Session) -> Result<bool, StoreError> {
        let condition = "token_hash = :current AND attribute_not_exists(ended)";
        if self.put_where(after, condition, &[(":current", text(&before.token_hash))]).await? {
            return Ok(true);
        }
        // The stored one is ours if the client repeated a request whose answer was lost.
        Ok(self.session(before.user_id, before.id).await?.as_ref() == Some(after))
    }

    /// Ends a session for good. The first cause stays. `false` when there is no such session.
    pub async fn session_end(&self, user: UserId, id: SessionId, why: End) -> Result<bool, StoreError> {
        let why = super::record::to_value(&why, Session::KIND)?;
        let ended = self.update(keys::session(user, id), |update| {
            update
                .update_expression("SET ended = if_not_exists(ended, :why)")
                .condition_expression("attribute_exists(pk)")
                .expression_attribute_values(":why", why)
        });
        Ok(ended.await?.is_ok())
    }
}

/// Why a sign-in did not begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    #[error("the emailed token has been used")]
    TokenUsed,
    #[error(transparent)]
    Store(#[from] StoreError),
}
