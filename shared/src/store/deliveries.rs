//! What became of each email.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::id::UserId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Key, Record, Store, StoreError, keys, number, to_item};

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
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(to_item(&claim)?))
            .condition_expression("attribute_not_exists(pk) OR (#state = :queued AND since < :dead)")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":queued", super::text("queued"))
            .expression_attribute_values(":dead", number(now.as_second() - SENDING_LASTS.as_secs()))
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .send()
            .await;
        match put {
            Ok(output) => {
                self.meter.write_units(output.consumed_capacity());
                return Ok(Turn::Yours);
            }
            Err(error) => StoreError::unless_condition_failed(error)?,
        }
        let queued = self.delivery(id).await?.is_some_and(|delivery| delivery.state == DeliveryState::Queued);
        Ok(if queued { Turn::Busy } else { Turn::Settled })
    }

    /// Notes what became of a claimed email.
    pub async fn settle_delivery(&self, delivery: &Delivery) -> Result<(), StoreError> {
        let put = self.client.put_item().table_name(&self.table).set_item(Some(to_item(delivery)?));
        let output = put.return_consumed_capacity(ReturnConsumedCapacity::Indexes).send().await?;
        self.meter.write_units(output.consumed_capacity());
        Ok(())
    }

    /// Gives a claim back after a passing failure, so that the next attempt need not wait.
    pub async fn release_delivery(&self, id: &str) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.table).set_key(Some(keys::delivery(id).attributes()));
        let output = delete.return_consumed_capacity(ReturnConsumedCapacity::Indexes).send().await?;
        self.meter.write_units(output.consumed_capacity());
        Ok(())
    }
}
