//! What became of each email.

use domain::id::UserId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Key, Record, Store, StoreError, keys, number, text};

/// Sending takes this long at most; after it, whoever was sending has died.
const SENDING_LASTS: SignedDuration = SignedDuration::from_secs(10);
/// How long it can be asked what became of an email.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(400 * 24);

/// One email for one cause to one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Names the cause and the recipient, such as `apt_…-1-booked-patient`. The same cause never sends twice.
    pub id: String,
    pub to: UserId,
    #[serde(rename = "delivery_state")]
    pub state: DeliveryState,
    /// Seconds since 1970; a number, because a condition compares it.
    pub since: i64,
    /// What SES calls it.
    pub message_id: Option<String>,
}

/// How far an email has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Somebody is about to hand it to SES.
    Queued,
    /// SES has it.
    Sent,
    /// SES refuses it for good.
    Failed,
    /// The address must not be written to.
    Suppressed,
}

impl Record for Delivery {
    const KIND: &'static str = "delivery";
    fn key(&self) -> Key {
        keys::delivery(&self.id)
    }
    fn expires_at(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.since + KEPT_FOR.as_secs()).ok()
    }
}

/// Whether to send an email now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Nobody has, or who tried has died: send.
    Yours,
    /// It has been sent, or never will be.
    Settled,
    /// Somebody is sending it this moment.
    Busy,
}

impl Store {
    pub async fn delivery(&self, id: &str) -> Result<Option<Delivery>, StoreError> {
        self.get(&keys::delivery(id)).await
    }

    /// Claims an email: of all who try at once, one sends.
    pub async fn claim_delivery(&self, id: &str, to: UserId, now: Timestamp) -> Result<Turn, StoreError> {
        let claim = Delivery { id: id.to_owned(), to, state: DeliveryState::Queued, since: now.as_second(), message_id: None };
        let condition = "attribute_not_exists(pk) OR (delivery_state = :queued AND since < :dead)";
        let values = [(":queued", text("queued")), (":dead", number(now.as_second() - SENDING_LASTS.as_secs()))];
        if self.put_where(&claim, condition, &values).await? {
            return Ok(Turn::Yours);
        }
        let queued = self.delivery(id).await?.is_some_and(|delivery| delivery.state == DeliveryState::Queued);
        Ok(if queued { Turn::Busy } else { Turn::Settled })
    }

    /// Notes what became of a claimed email.
    pub async fn settle_delivery(&self, delivery: &Delivery) -> Result<(), StoreError> {
        self.put(delivery).await
    }

    /// Gives a claim back after a passing failure, so that the next attempt need not wait.
    pub async fn release_delivery(&self, id: &str) -> Result<(), StoreError> {
        self.delete(&keys::delivery(id)).await
    }
}
