//! Transactions: all writes or none. Each write says what it means when its own condition does not hold.

use std::time::Duration;

use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        AttributeValue, CancellationReason, ConditionCheck, Delete, Put, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure,
        TransactWriteItem, Update,
        builders::{ConditionCheckBuilder, UpdateBuilder},
    },
};

use super::{Item, Key, Record, Store, StoreError, number, to_item};
use crate::trail::{self, TableAction};

/// Makes a refusal from the item for which the condition does not hold.
type Refuse<E> = Box<dyn FnOnce(Item) -> E + Send>;

/// Writes that are made together. When several conditions fail, the refusal of the first write that was added counts.
pub(super) struct Transaction<'a, E> {
    store: &'a Store,
    writes: Vec<TransactWriteItem>,
    refusals: Vec<Refuse<E>>,
    attempts: u32,
}

const ATTEMPTS: u32 = 4;
/// Of a transaction on an item that many change at once. It takes some seconds until it gives up.
const CONTENDED: u32 = 12;
/// No item has the key.
pub(super) const NEW: &str = "attribute_not_exists(pk)";

impl Store {
    pub(super) fn transaction<E: From<StoreError>>(&self) -> Transaction<'_, E> {
        Transaction { store: self, writes: Vec::new(), refusals: Vec::new(), attempts: ATTEMPTS }
    }
}

impl<E: From<StoreError>> Transaction<'_, E> {
    /// Many change one of the items at once, so conflicts are tried again for longer.
    pub(super) fn contended(self) -> Self {
        Self { attempts: CONTENDED, ..self }
    }

    fn add(&mut self, write: TransactWriteItem, refuse: impl FnOnce(Item) -> E + Send + 'static) {
        self.writes.push(write);
        self.refusals.push(Box::new(refuse));
    }

    /// Writes a record if its key is free.
    pub(super) fn put_new(&mut self, record: &impl Record, refuse: impl FnOnce(Item) -> E + Send + 'static) -> Result<(), E> {
        self.put_if(record, NEW, &[], refuse)
    }

    /// Writes a changed record if the stored one still has the version `before`.
    pub(super) fn replace(&mut self, record: &impl Record, before: u64, refuse: impl FnOnce(Item) -> E + Send + 'static) -> Result<(), E> {
        self.put_if(record, "version = :before", &[(":before", number(before))], refuse)
    }

    /// Writes a record that begins with version 0, which is not stored: a first one if its key is free, a changed one as [`Self::replace`].
    pub(super) fn write_from(
        &mut self,
        record: &impl Record,
        before: u64,
        refuse: impl FnOnce(Item) -> E + Send + 'static,
    ) -> Result<(), E> {
        if before == 0 { self.put_new(record, refuse) } else { self.replace(record, before, refuse) }
    }

    /// Writes a record under a condition.
    pub(super) fn put_if(
        &mut self,
        record: &impl Record,
        condition: &str,
        values: &[(&str, AttributeValue)],
        refuse: impl FnOnce(Item) -> E + Send + 'static,
    ) -> Result<(), E> {
        trail::touched(TableAction::Put, &record.key().pk);
        let put = Put::builder()
            .table_name(&self.store.table)
            .set_item(Some(to_item(record)?))
            .condition_expression(condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .set_expression_attribute_values(named(values))
            .build()
            .map_err(StoreError::refused)?;
        self.add(TransactWriteItem::builder().put(put).build(), refuse);
        Ok(())
    }

    /// Deletes an item under a condition.
    pub(super) fn delete_if(
        &mut self,
        key: &Key,
        condition: &str,
        values: &[(&str, AttributeValue)],
        refuse: impl FnOnce(Item) -> E + Send + 'static,
    ) -> Result<(), E> {
        trail::touched(TableAction::Delete, &key.pk);
        let delete = Delete::builder()
            .table_name(&self.store.table)
            .set_key(Some(key.attributes()))
            .condition_expression(condition)
            .set_expression_attribute_values(named(values))
            .build()
            .map_err(StoreError::refused)?;
        self.add(TransactWriteItem::builder().delete(delete).build(), refuse);
        Ok(())
    }

    /// Changes some attributes of an item.
    pub(super) fn update(
        &mut self,
        key: &Key,
        change: impl FnOnce(UpdateBuilder) -> UpdateBuilder,
        refuse: impl FnOnce(Item) -> E + Send + 'static,
    ) -> Result<(), E> {
        trail::touched(TableAction::Update, &key.pk);
        let update = Update::builder()
            .table_name(&self.store.table)
            .set_key(Some(key.attributes()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let update = change(update).build().map_err(StoreError::refused)?;
        self.add(TransactWriteItem::builder().update(update).build(), refuse);
        Ok(())
    }

    /// Requires a condition of an item without changing it.
    pub(super) fn check(
        &mut self,
        key: &Key,
        condition: impl FnOnce(ConditionCheckBuilder) -> ConditionCheckBuilder,
        refuse: impl FnOnce(Item) -> E + Send + 'static,
    ) -> Result<(), E> {
        trail::touched(TableAction::Check, &key.pk);
        let check = ConditionCheck::builder()
            .table_name(&self.store.table)
            .set_key(Some(key.attributes()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let check = condition(check).build().map_err(StoreError::refused)?;
        self.add(TransactWriteItem::builder().condition_check(check).build(), refuse);
        Ok(())
    }

    /// Writes everything or nothing. A conflict with another transaction on the same items is tried again: it does not say which
    /// transaction was first.
    pub(super) async fn commit(mut self) -> Result<(), E> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let request = self.store.client.transact_write_items().set_transact_items(Some(self.writes.clone()));
            let error = match request.return_consumed_capacity(ReturnConsumedCapacity::Indexes).send().await {
                Ok(output) => {
                    self.store.meter.write_units(output.consumed_capacity());
                    return Ok(());
                }
                Err(error) => error,
            };
            let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() else {
                return Err(StoreError::from(error).into());
            };
            let reasons = cancelled.cancellation_reasons();
            let failed = reasons.iter().position(|reason| reason.code() == Some("ConditionalCheckFailed"));
            if let Some(at) = failed.filter(|at| *at < self.refusals.len()) {
                let there = reasons.get(at).and_then(|reason| reason.item().cloned()).unwrap_or_default();
                return Err(self.refusals.swap_remove(at)(there));
            }
            if !reasons.iter().filter_map(CancellationReason::code).any(passes) {
                return Err(StoreError::refused(error).into());
            }
            if attempt == self.attempts {
                tracing::warn!(code = error.code(), "transaction still in conflict");
                return Err(StoreError::Unavailable(Box::new(error)).into());
            }
            // A random wait, so that the transactions that were in conflict do not meet again.
            let jitter = self.store.random.bytes::<1>().map_or(0, |[byte]| u64::from(byte));
            tokio::time::sleep(Duration::from_millis((10 << attempt.min(4)) + jitter / 2)).await;
        }
    }
}

/// Whether another try may succeed.
fn passes(code: &str) -> bool {
    matches!(code, "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded")
}

pub(super) fn named(values: &[(&str, AttributeValue)]) -> Option<Item> {
    let values: Item = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    (!values.is_empty()).then_some(values)
}
