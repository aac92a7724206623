//! All or nothing.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, Delete, Put, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure, TransactWriteItem},
};

use super::{Item, Key, Record, Store, StoreError, to_item};

/// What became of a transaction.
#[derive(Debug)]
pub(super) enum Transacted {
    Done,
    /// Nothing was written: the conditions at these positions do not hold, for what is there.
    Refused(BTreeMap<usize, Item>),
}

const ATTEMPTS: u32 = 4;

impl Store {
    /// Writes all the items or none. A clash with another transaction on the same items is tried again: it says nothing
    /// about who was first.
    pub(super) async fn transact(&self, items: Vec<TransactWriteItem>) -> Result<Transacted, StoreError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let request = self.client.transact_write_items().set_transact_items(Some(items.clone()));
            let error = match request.return_consumed_capacity(ReturnConsumedCapacity::Indexes).send().await {
                Ok(output) => {
                    self.meter.write_units(output.consumed_capacity());
                    return Ok(Transacted::Done);
                }
                Err(error) => error,
            };
            let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() else {
                return Err(error.into());
            };
            let reasons = cancelled.cancellation_reasons();
            let failed: BTreeMap<usize, Item> = (reasons.iter().enumerate())
                .filter(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"))
                .map(|(index, reason)| (index, reason.item().cloned().unwrap_or_default()))
                .collect();
            if !failed.is_empty() {
                return Ok(Transacted::Refused(failed));
            }
            let passing = |code| matches!(code, "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded");
            let busy = reasons.iter().filter_map(|reason| reason.code()).any(passing);
            if !busy {
                return Err(StoreError::Refused(Box::new(error)));
            }
            if attempt == ATTEMPTS {
                tracing::warn!(code = error.code(), "transaction still in conflict");
                return Err(StoreError::Unavailable(Box::new(error)));
            }
            // Not in step with the others who were turned away.
            let jitter = self.random.bytes::<1>().map_or(0, |[byte]| u64::from(byte));
            tokio::time::sleep(Duration::from_millis((10 << attempt) + jitter / 4)).await;
        }
    }

    /// A write of the whole record, under a condition.
    pub(super) fn put_if(
        &self,
        record: &impl Record,
        condition: &str,
        values: &[(&str, AttributeValue)],
    ) -> Result<TransactWriteItem, StoreError> {
        let values: Item = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(to_item(record)?))
            .condition_expression(condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .build();
        Ok(TransactWriteItem::builder().put(put.map_err(|error| StoreError::Refused(Box::new(error)))?).build())
    }

    /// [`Self::put_if`] nothing has the key.
    pub(super) fn put_if_new(&self, record: &impl Record) -> Result<TransactWriteItem, StoreError> {
        self.put_if(record, "attribute_not_exists(pk)", &[])
    }

    /// A deletion, under a condition.
    pub(super) fn delete_if(&self, key: &Key, condition: &str, values: &[(&str, AttributeValue)]) -> Result<TransactWriteItem, StoreError> {
        let values: Item = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .condition_expression(condition)
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .build();
        Ok(TransactWriteItem::builder().delete(delete.map_err(|error| StoreError::Refused(Box::new(error)))?).build())
    }
}
