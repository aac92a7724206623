//! Sign-ins and the refresh token each one holds.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::id::{SessionId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Key, Record, Store, StoreError, keys, number, text};

/// One sign-in. Only the hash of its current refresh token is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    /// SHA-256 of the refresh token that is good now.
    pub token_hash: String,
    pub signed_in_at: Timestamp,
    pub expires_at: Timestamp,
}

impl Record for Session {
    const KIND: &'static str = "session";
    fn key(&self) -> Key {
        keys::session(self.user_id, self.id)
    }
    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

impl Store {
    /// Notes a sign-in; `false` when its id is in use.
    pub async fn begin_session(&self, session: &Session) -> Result<bool, StoreError> {
        self.put_new(session).await
    }

    pub async fn session(&self, user: UserId, id: SessionId) -> Result<Option<Session>, StoreError> {
        self.get(&keys::session(user, id)).await
    }

    /// Exchanges the session's token for the next one: of all who try with the same token, one succeeds.
    pub async fn rotate_session(&self, session: &Session, next_hash: &str, expires_at: Timestamp) -> Result<bool, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(session.key().attributes()))
            .update_expression("SET token_hash = :next, expires_at = :expires, #ttl = :ttl")
            .condition_expression("token_hash = :current")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":current", text(&session.token_hash))
            .expression_attribute_values(":next", text(next_hash))
            .expression_attribute_values(":expires", text(expires_at.to_string()))
            .expression_attribute_values(":ttl", number(expires_at.as_second()))
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .send()
            .await;
        match update {
            Ok(output) => {
                self.meter.write_units(output.consumed_capacity());
                Ok(true)
            }
            Err(error) => {
                StoreError::unless_condition_failed(error)?;
                // Ours, if the client repeated a request whose answer was lost.
                let now = self.session(session.user_id, session.id).await?;
                Ok(now.is_some_and(|now| now.token_hash == next_hash))
            }
        }
    }

    /// Ends a session; ending it twice is the same.
    pub async fn end_session(&self, user: UserId, id: SessionId) -> Result<(), StoreError> {
        self.delete(&keys::session(user, id)).await
    }
}
