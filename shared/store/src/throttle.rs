//! Attempts, counted before anything costly is done for them.

use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use domain::throttle::Limit;
use jiff::{SignedDuration, Timestamp};

use super::{Item, Store, StoreError, keys, number};

/// What is tried, and by whom or on whom: fingerprints, so that the table tells no addresses.
#[derive(Debug, Clone)]
pub struct Attempts {
    pub what: &'static str,
    pub of: String,
    pub limit: Limit,
}

/// Whether an attempt may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It may, and is the so-manieth of its window.
    Go(u32),
    /// Not before so many seconds.
    Wait(u32),
}

const OPEN: &str = "attribute_not_exists(next_at) OR next_at <= :now";

impl Store {
    /// Counts an attempt, unless it comes too early. Of many at once, as many pass as are free, and one for each wait.
    pub async fn attempt(&self, attempts: &Attempts, now: Timestamp) -> Result<Turn, StoreError> {
        let (limit, ends) = (attempts.limit, attempts.limit.window_ends(now));
        let counted = self
            .throttle(attempts, now)
            .update_expression("SET #ttl = :ttl, kind = :kind, v = :one ADD attempts :one")
            .condition_expression(OPEN)
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":ttl", number(ends.as_second()))
            .expression_attribute_values(":kind", super::text("throttle"))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", number(now.as_second()));
        let item = match self.spend(counted).await? {
            Ok(item) => item,
            Err(item) => return Ok(Turn::Wait(seconds_left(&item, now))),
        };
        let count = integer(&item, "attempts").and_then(|count| u32::try_from(count).ok()).unwrap_or(u32::MAX);
        let Some(wait) = limit.wait_after(count) else { return Ok(Turn::Go(count)) };
        let next_at = now.as_second() + wait.as_secs();
        let closed = self
            .throttle(attempts, now)
            .update_expression("SET next_at = :next")
            .condition_expression(format!("attribute_exists(pk) AND ({OPEN})"))
            .expression_attribute_values(":next", number(next_at))
            .expression_attribute_values(":now", number(now.as_second()));
        Ok(match self.spend(closed).await? {
            Ok(_) => Turn::Go(count),
            Err(item) => Turn::Wait(seconds_left(&item, now)),
        })
    }

    /// Takes an attempt back that turned out well.
    pub async fn forgive(&self, attempts: &Attempts, now: Timestamp) -> Result<(), StoreError> {
        let back = self
            .throttle(attempts, now)
            // Nor does it keep others there waiting.
            .update_expression("ADD attempts :back REMOVE next_at")
            .condition_expression("attempts > :zero")
            .expression_attribute_values(":back", number(-1))
            .expression_attribute_values(":zero", number(0));
        self.spend(back).await.map(drop)
    }

    /// Forgets the attempts: who made them has proven to be allowed.
    pub async fn forget_attempts(&self, attempts: &Attempts, now: Timestamp) -> Result<(), StoreError> {
        self.delete(&keys::throttle(attempts.what, &attempts.of, attempts.limit.window_at(now))).await
    }

    fn throttle(&self, attempts: &Attempts, now: Timestamp) -> UpdateItemFluentBuilder {
        let key = keys::throttle(attempts.what, &attempts.of, attempts.limit.window_at(now));
        self.client.update_item().table_name(&self.table).set_key(Some(key.attributes()))
    }

    /// What is there now, or what is there because the condition failed.
    pub(super) async fn spend(&self, update: UpdateItemFluentBuilder) -> Result<Result<Item, Item>, StoreError> {
        let sent = update
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .send()
            .await;
        match sent {
            Ok(output) => {
                self.meter.write_units(output.consumed_capacity());
                Ok(Ok(output.attributes.unwrap_or_default()))
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => Ok(Err(failed.item.clone().unwrap_or_default())),
                _ => Err(error.into()),
            },
        }
    }
}

pub(super) fn integer(item: &Item, name: &str) -> Option<i64> {
    item.get(name).and_then(|value| AttributeValue::as_n(value).ok())?.parse().ok()
}

fn seconds_left(item: &Item, now: Timestamp) -> u32 {
    let next_at = integer(item, "next_at").unwrap_or(now.as_second());
    let left = SignedDuration::from_secs(next_at - now.as_second()).max(SignedDuration::from_secs(1));
    u32::try_from(left.as_secs()).unwrap_or(u32::MAX)
}
