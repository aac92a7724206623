use std::{
    ops::Sub,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// Adds up the capacity that DynamoDB says it consumed, so that every request logs its cost and tests notice when the cost changes.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    // Tenths of a unit: an eventually consistent read is half a unit.
    read: Arc<AtomicU64>,
    write: Arc<AtomicU64>,
}

/// Capacity units, index arms included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Units {
    pub read: f64,
    pub write: f64,
}

impl Sub for Units {
    type Output = Self;
    fn sub(self, before: Self) -> Self {
        Self { read: self.read - before.read, write: self.write - before.write }
    }
}

impl Meter {
    /// The units that were used so far.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    pub fn read(&self) -> Units {
        let tenths = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64 / 10.0;
        Units { read: tenths(&self.read), write: tenths(&self.write) }
    }

    pub(super) fn read_units<'a>(&self, spent: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        add(&self.read, spent);
    }

    pub(super) fn write_units<'a>(&self, spent: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        add(&self.write, spent);
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "capacity is small and not negative")]
fn add<'a>(counter: &AtomicU64, spent: impl IntoIterator<Item = &'a ConsumedCapacity>) {
    let units: f64 = spent.into_iter().filter_map(ConsumedCapacity::capacity_units).sum();
    counter.fetch_add((units * 10.0).round() as u64, Ordering::Relaxed);
}
