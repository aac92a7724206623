//! What became of each email.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    email::{DeliveryState, RefusalReason},
    id::UserId,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    Item, Key, Listed, OldShape, Record, Store, StoreError,
    keys::{self, IndexKey},
    number,
    record::from_index,
    text,
};

/// Sending takes this long at most. After it, the sender has crashed and another one may send.
const SENDING_LASTS: SignedDuration = SignedDuration::from_secs(10);
/// How long a delivery is kept.
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
    /// The id that SES gave it.
    pub message_id: Option<String>,
    /// What lists show of it. `None` while it is sent for the first time.
    #[serde(rename = "entry")]
    pub listed: Option<ListedEmail>,
    /// What the email followed from, so that it can be written again. Only refused emails keep it. See `mail::Cause`.
    pub cause: Option<String>,
}

/// What lists show of an email: that of its recipient, and that of refused emails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedEmail {
    /// The delivery's id.
    pub id: String,
    pub to: UserId,
    pub at: Timestamp,
    /// `None` for an email to an address that is no person's, such as a pharmacy's. No person's list has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    #[serde(default = "failed")]
    pub state: DeliveryState,
    /// Why SES refused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<RefusalReason>,
}

/// What was listed before the state was kept had failed.
const fn failed() -> DeliveryState {
    DeliveryState::Failed
}

impl Record for Delivery {
    const KIND: &'static str = "delivery";
    const VERSION: u32 = 2;
    fn key(&self) -> Key {
        keys::delivery(&self.id)
    }
    fn account(&self) -> Option<UserId> {
        Some(self.to)
    }
    fn index_key(&self) -> Option<IndexKey> {
        let listed = self.listed.as_ref().filter(|_| self.is_refused())?;
        Some(keys::listed_delivery(listed.at, &self.id))
    }
    fn actor_index_key(&self) -> Option<IndexKey> {
        let listed = self.listed.as_ref().filter(|listed| listed.subject.is_some())?;
        Some(keys::email_to(self.to, listed.at, &self.id))
    }
    /// The first shape did not repeat the id in what the list shows.
    fn upgrade(item: &mut Item, from: u32) -> Result<(), OldShape> {
        let id = item.get("id").cloned().filter(|_| from == 1).ok_or(OldShape)?;
        if let Some(AttributeValue::M(listed)) = item.get_mut("entry") {
            listed.insert("id".to_owned(), id);
        }
        Ok(())
    }
    fn expires_at(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.since + KEPT_FOR.as_secs()).ok()
    }
}

/// Whether to send an email now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Nobody has sent it, or the sender has crashed: send it.
    Yours,
    /// It has been sent, or it will never be sent.
    Settled,
    /// Another sender is at work on it.
    Busy,
}

/// What became of the request to send an email again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// It is queued.
    Queued(Box<Delivery>),
    /// It is not refused; this is its state.
    Not(DeliveryState),
    /// There is no such email.
    Unknown,
}

impl Delivery {
    /// An email that is about to be sent.
    fn claim(id: &str, to: UserId, now: Timestamp) -> Self {
        Self { id: id.to_owned(), to, state: DeliveryState::Queued, since: now.as_second(), message_id: None, listed: None, cause: None }
    }

    /// Whether it is listed and can be sent again.
    fn is_refused(&self) -> bool {
        matches!(self.state, DeliveryState::Failed | DeliveryState::Suppressed)
    }

    /// Whether somebody has asked for it again, and nobody has begun to send it.
    fn is_asked_for_again(&self) -> bool {
        self.state == DeliveryState::Queued && self.cause.is_some()
    }
}

impl Store {
    pub async fn delivery(&self, id: &str) -> Result<Option<Delivery>, StoreError> {
        self.get(&keys::delivery(id)).await
    }

    /// Claims an email. When several try at once, one of them sends it.
    pub async fn delivery_claim(&self, id: &str, to: UserId, now: Timestamp) -> Result<Turn, StoreError> {
        let claim = Delivery::claim(id, to, now);
        let condition = "attribute_not_exists(pk) OR (delivery_state = :queued AND (since < :dead OR attribute_exists(cause)))";
        let values = [(":queued", text("queued")), (":dead", number(now.as_second() - SENDING_LASTS.as_secs()))];
        if self.put_where(&claim, condition, &values).await? {
            return Ok(Turn::Yours);
        }
        let queued = self.delivery(id).await?.is_some_and(|delivery| delivery.state == DeliveryState::Queued);
        Ok(if queued { Turn::Busy } else { Turn::Settled })
    }

    /// Notes what became of a claimed email.
    pub async fn delivery_settle(&self, delivery: &Delivery) -> Result<(), StoreError> {
        self.put(delivery).await
    }

    /// Emails that SES refused or that were suppressed, latest first.
    pub async fn delivery_list_refused(&self, before: Option<&str>, limit: usize) -> Result<Vec<Listed<ListedEmail>>, StoreError> {
        from_index::<Delivery, _>(self.query(keys::refused_emails(before)).latest_first(true).first(limit).await?)
    }

    /// Emails to an account, latest first.
    pub async fn delivery_list(&self, to: UserId, before: Option<&str>, limit: usize) -> Result<Vec<Listed<ListedEmail>>, StoreError> {
        from_index::<Delivery, _>(self.query(keys::emails_to(to, before)).latest_first(true).first(limit).await?)
    }

    /// Queues a refused email again. The stream brings it to `notifications`, which sends it. Asking twice has no further effect.
    pub async fn delivery_requeue(&self, id: &str, now: Timestamp) -> Result<Again, StoreError> {
        let Some(refused) = self.delivery(id).await? else { return Ok(Again::Unknown) };
        if refused.is_asked_for_again() {
            return Ok(Again::Queued(Box::new(refused)));
        }
        if !refused.is_refused() || refused.cause.is_none() {
            return Ok(Again::Not(refused.state));
        }
        let listed = refused.listed.clone().map(|listed| ListedEmail { state: DeliveryState::Queued, reason: None, at: now, ..listed });
        let queued = Delivery { state: DeliveryState::Queued, since: now.as_second(), listed, ..refused.clone() };
        let values = [(":failed", text("failed")), (":suppressed", text("suppressed")), (":since", number(refused.since))];
        // If this was not written, somebody else has queued it in between.
        self.put_where(&queued, "delivery_state IN (:failed, :suppressed) AND since = :since", &values).await?;
        Ok(Again::Queued(Box::new(queued)))
    }

    /// Notes that a queued email is no longer true and will not be sent, unless a sender has claimed it.
    pub async fn delivery_void(&self, id: &str) -> Result<(), StoreError> {
        let voided = self.update(keys::delivery(id), |update| {
            update
                .update_expression("SET delivery_state = :void, entry.#state = :void REMOVE cause")
                .condition_expression("delivery_state = :queued AND attribute_exists(cause)")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":void", text("void"))
                .expression_attribute_values(":queued", text("queued"))
        });
        voided.await.map(drop)
    }

    /// Notes that an email has come back, or that who got it complained. It stays the last state: what SES reports twice changes nothing.
    pub async fn delivery_report(&self, id: &str, state: DeliveryState) -> Result<(), StoreError> {
        let reported = self.update(keys::delivery(id), |update| {
            update
                .update_expression("SET delivery_state = :state, entry.#state = :state")
                .condition_expression("delivery_state = :sent AND attribute_exists(entry)")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":state", text(if state == DeliveryState::Complained { "complained" } else { "bounced" }))
                .expression_attribute_values(":sent", text("sent"))
        });
        reported.await.map(drop)
    }

    /// Gives a claim back after a passing failure, so that the next attempt need not wait.
    pub async fn delivery_release(&self, id: &str) -> Result<(), StoreError> {
        self.delete(&keys::delivery(id)).await
    }
}
