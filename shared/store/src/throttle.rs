//! Attempts, which are counted before any costly work is done for them.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use domain::throttle::Limit;
use jiff::{SignedDuration, Timestamp};

use super::{Item, Key, Store, StoreError, integer, keys, number, text};

/// What is tried, and by whom or on which account. Addresses are fingerprints, so that the table does not hold them.
#[derive(Debug, Clone)]
pub struct Attempts {
    pub what: &'static str,
    pub of: String,
    pub limit: Limit,
}

/// Whether an attempt may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It may. The number says which attempt of its window it is.
    Go(u32),
    /// Not for this many seconds.
    Wait(u32),
}

const OPEN: &str = "attribute_not_exists(next_at) OR next_at <= :now";

impl Store {
    /// Counts an attempt, unless it comes too early. When many come at once, as many pass as are free, and then one after each wait.
    pub async fn throttle_attempt(&self, attempts: &Attempts, now: Timestamp) -> Result<Turn, StoreError> {
        let (key, limit, ends) = (attempts.key(now), attempts.limit, attempts.limit.window_ends(now));
        let counted = self.update(key.clone(), |update| {
            with_now(update, now)
                .update_expression("SET #ttl = :ttl, kind = :kind, v = :one ADD attempts :one")
                .condition_expression(OPEN)
                .expression_attribute_names("#ttl", "ttl")
                .expression_attribute_values(":ttl", number(ends.as_second()))
                .expression_attribute_values(":kind", text("throttle"))
                .expression_attribute_values(":one", number(1))
        });
        let item = match counted.await? {
            Ok(item) => item,
            Err(item) => return Ok(Turn::Wait(seconds_left(&item, now))),
        };
        let count = integer(&item, "attempts").and_then(|count| u32::try_from(count).ok()).unwrap_or(u32::MAX);
        let Some(wait) = limit.wait_after(count) else { return Ok(Turn::Go(count)) };
        let next_at = now.as_second() + wait.as_secs();
        let closed = self.update(key.clone(), |update| {
            with_now(update, now)
                .update_expression("SET next_at = :next")
                .condition_expression(format!("attribute_exists(pk) AND ({OPEN})"))
                .expression_attribute_values(":next", number(next_at))
        });
        Ok(match closed.await? {
            Ok(_) => Turn::Go(count),
            Err(item) => Turn::Wait(seconds_left(&item, now)),
        })
    }

    /// Takes back an attempt that succeeded.
    pub async fn throttle_forgive(&self, attempts: &Attempts, now: Timestamp) -> Result<(), StoreError> {
        let forgiven = self.update(attempts.key(now), |update| {
            update
                // It must not keep others at the same source waiting either.
                .update_expression("ADD attempts :back REMOVE next_at")
                .condition_expression("attempts > :zero")
                .expression_attribute_values(":back", number(-1))
                .expression_attribute_values(":zero", number(0))
        });
        forgiven.await.map(drop)
    }

    /// Forgets the attempts, because the person who made them has proven who they are.
    pub async fn throttle_forget(&self, attempts: &Attempts, now: Timestamp) -> Result<(), StoreError> {
        self.delete(&attempts.key(now)).await
    }
}

impl Attempts {
    fn key(&self, now: Timestamp) -> Key {
        keys::throttle(self.what, &self.of, self.limit.window_at(now))
    }
}

fn with_now(update: UpdateItemFluentBuilder, now: Timestamp) -> UpdateItemFluentBuilder {
    update.expression_attribute_values(":now", number(now.as_second()))
}

fn seconds_left(item: &Item, now: Timestamp) -> u32 {
    let next_at = integer(item, "next_at").unwrap_or(now.as_second());
    let left = SignedDuration::from_secs(next_at - now.as_second()).max(SignedDuration::from_secs(1));
    u32::try_from(left.as_secs()).unwrap_or(u32::MAX)
}
