//! All or nothing.

use std::time::Duration;

use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, Put, ReturnConsumedCapacity, TransactWriteItem},
};

use super::{Item, Record, Store, StoreError, to_item};

/// What became of a transaction.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Transacted {
    Done,
    /// Nothing was written: the conditions at these positions do not hold.
    Refused(Vec<usize>),
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
            let codes = cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or_default());
            let failed: Vec<usize> =
                codes.clone().enumerate().filter(|(_, code)| *code == "ConditionalCheckFailed").map(|(index, _)| index).collect();
            if !failed.is_empty() {
                return Ok(Transacted::Refused(failed));
            }
            let busy =
                codes.into_iter().any(|code| matches!(code, "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"));
            if !busy {
                return Err(StoreError::Refused(Box::new(error)));
            }
            if attempt == ATTEMPTS {
                tracing::warn!(code = error.code(), "transaction still in conflict");
                return Err(StoreError::Unavailable(Box::new(error)));
            }
            tokio::time::sleep(Duration::from_millis(20 << attempt)).await;
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
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .build();
        Ok(TransactWriteItem::builder().put(put.map_err(|error| StoreError::Refused(Box::new(error)))?).build())
    }

    /// [`Self::put_if`] nothing has the key.
    pub(super) fn put_if_new(&self, record: &impl Record) -> Result<TransactWriteItem, StoreError> {
        self.put_if(record, "attribute_not_exists(pk)", &[])
    }
}
