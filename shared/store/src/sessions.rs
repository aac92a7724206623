//! Sign-ins, and the refresh token that each one holds.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::{
    account::Account,
    id::{EmailTokenId, SessionId, UserId},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Key, Record, Store, StoreError, from_item, keys, text, transact::Transacted};

/// One sign-in. Only the hash of its refresh token is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Where it began.
    pub from: Option<String>,
    /// What it began on, as the client called itself.
    pub device: Option<String>,
    pub ended: Option<End>,
}

/// Why a sign-in ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    SignedOut,
    /// A refresh token came twice: one of the two who had it is not its owner.
    TokenReused,
}

impl Session {
    /// Whether it still holds for its account.
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
    pub async fn begin_session(&self, session: &Session) -> Result<bool, StoreError> {
        // Ours, if the client repeated a request whose answer was lost.
        Ok(self.put_new(session).await? || self.session(session.user_id, session.id).await?.as_ref() == Some(session))
    }

    /// Notes a sign-in by an emailed token, which is used up by it: of all who try with one token, one succeeds.
    pub async fn begin_session_with(&self, session: &Session, token: EmailTokenId) -> Result<bool, StoreError> {
        let used = self.delete_if(&keys::email_token(token), "attribute_exists(pk)", &[])?;
        Ok(matches!(self.transact(vec![used, self.put_if_new(session)?]).await?, Transacted::Done))
    }

    pub async fn session(&self, user: UserId, id: SessionId) -> Result<Option<Session>, StoreError> {
        self.get(&keys::session(user, id)).await
    }

    /// An account's sign-ins, latest first, before one of them.
    pub async fn sessions(&self, user: UserId, before: Option<SessionId>, limit: usize) -> Result<Vec<Session>, StoreError> {
        let last = keys::sessions(user, before);
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :user AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":user", text(last.pk))
            .expression_attribute_values(":from", text(keys::SESSIONS))
            .expression_attribute_values(":to", text(last.sk))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .send()
            .await?;
        self.meter.read_units(output.consumed_capacity());
        output.items.unwrap_or_default().into_iter().map(from_item).collect()
    }

    /// Exchanges the session's token for the next one: of all who try with the same token, one succeeds.
    pub async fn rotate_session(&self, before: &Session, after: &Session) -> Result<bool, StoreError> {
        let condition = "token_hash = :current AND attribute_not_exists(ended)";
        if self.put_where(after, condition, &[(":current", text(&before.token_hash))]).await? {
            return Ok(true);
        }
        // Ours, if the client repeated a request whose answer was lost.
        Ok(self.session(before.user_id, before.id).await?.as_ref() == Some(after))
    }

    /// Ends a session for good; the first cause stays. `false` when there is none that could be ended.
    pub async fn end_session(&self, user: UserId, id: SessionId, why: End) -> Result<bool, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::session(user, id).attributes()))
            .update_expression("SET ended = if_not_exists(ended, :why)")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":why", super::record::to_value(&why, Session::KIND)?);
        self.update_where(update).await
    }
}
