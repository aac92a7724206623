//! The one table. Each method is one access pattern, named noun first; infra/README.md lists them with their cost.
//!
//! # Adding one
//! 1. Its key goes into [`keys`], and nowhere else.
//! 2. A stored type implements [`Record`]; table items and stream images decode alike.
//! 3. The method goes into the file of its noun. A missing item is `None`; a condition that does not hold is a variant of the
//!    method's own outcome; everything else is a [`StoreError`].
//! 4. A row in infra/README.md, and its cost in `tests/it/cost.rs`.

pub mod accounts;
pub mod admissions;
pub mod allocations;
pub mod appointments;
pub mod audit;
mod availability;
pub mod bed_requests;
pub mod billing;
pub mod bookings;
pub mod care;
pub mod day_lists;
mod decoys;
pub mod deliveries;
pub mod doctor_days;
pub mod doctors;
pub mod email_tokens;
pub mod emergency;
mod error;
pub mod feedback;
pub mod figures;
pub mod history;
pub mod idempotency;
pub mod keys;
pub mod known_networks;
pub mod lab_tests;
pub mod laboratories;
pub mod leave;
pub mod medical_record;
mod meter;
pub mod patients;
pub mod pharmacies;
pub mod pharmacy_alerts;
pub mod presence;
mod query;
mod record;
pub mod roster;
pub mod seats;
pub mod sessions;
pub mod staff;
pub mod stock;
pub mod suppressions;
pub mod throttle;
pub mod trail;
mod transact;
pub mod treated;
pub mod waiting;
pub mod wards;

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use aws_types::SdkConfig;
use platform::{config::Aws, random::Random};

pub use error::StoreError;
pub use keys::Key;
pub use meter::{Meter, Units};
pub use record::{Listed, OldShape, Record, from_item, from_stream, origin_of, to_item};
pub use serde_dynamo::{AttributeValue as StreamValue, Item as StreamItem};
use trail::TableAction;
use transact::{NEW, named};

/// An item of the table, as the SDK represents it.
pub type Item = HashMap<String, AttributeValue>;

/// The table and the client that reaches it.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    table: String,
    meter: Meter,
    random: Random,
}

impl Store {
    /// The table of this name, where the configuration says DynamoDB is.
    #[must_use]
    pub fn connect(aws: &Aws, sdk: &SdkConfig, table: String) -> Self {
        let mut config = aws_sdk_dynamodb::config::Builder::from(sdk);
        config.set_endpoint_url(aws.dynamodb_endpoint.clone());
        Self { client: Client::from_conf(config.build()), table, meter: Meter::default(), random: Random::default() }
    }

    /// Counts the capacity units that this store has used.
    #[must_use]
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Opens the connection during a cold start, while the function has a whole processor: the TLS handshake is most of a first
    /// request. Reads a key that does not exist, which every function may do. A failure shows at the first real request.
    pub async fn warm(&self) {
        let _ = self.item(&keys::warm()).await;
    }

    /// An item as it is now.
    async fn item(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        trail::touched(TableAction::Get, &key.pk);
        let get = self.client.get_item().table_name(&self.table).set_key(Some(key.attributes())).consistent_read(true);
        let output = get.return_consumed_capacity(ReturnConsumedCapacity::Indexes).send().await?;
        self.meter.read_units(output.consumed_capacity());
        Ok(output.item)
    }

    /// One record, as it is now. If it is a patient's data, the patient goes on the request's trail here, so that no endpoint can
    /// forget it.
    async fn get<R: Record>(&self, key: &Key) -> Result<Option<R>, StoreError> {
        let record: Option<R> = self.item(key).await?.map(from_item).transpose()?;
        record.iter().filter_map(Record::patient).for_each(trail::patient);
        Ok(record)
    }

    /// Writes a record if its key is free. `false` when it is not.
    async fn put_new<R: Record>(&self, record: &R) -> Result<bool, StoreError> {
        self.put_where(record, NEW, &[]).await
    }

    /// Writes a record if a condition holds. `false` when it does not.
    ///
    /// The client repeats a request whose answer was lost, and the repeated request finds what the first one wrote. Callers for
    /// whom that matters compare the stored record with their own.
    async fn put_where<R: Record>(&self, record: &R, condition: &str, values: &[(&str, AttributeValue)]) -> Result<bool, StoreError> {
        trail::touched(TableAction::Put, &record.key().pk);
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(to_item(record)?))
            .condition_expression(condition)
            .set_expression_attribute_values(named(values))
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .send()
            .await;
        match put {
            Ok(output) => {
                self.meter.write_units(output.consumed_capacity());
                Ok(true)
            }
            Err(error) => StoreError::unless_condition_failed(error).map(|()| false),
        }
    }

    /// Writes a record, and replaces the item with its key if there is one.
    async fn put<R: Record>(&self, record: &R) -> Result<(), StoreError> {
        trail::touched(TableAction::Put, &record.key().pk);
        let put = self.client.put_item().table_name(&self.table).set_item(Some(to_item(record)?));
        let output = put.return_consumed_capacity(ReturnConsumedCapacity::Indexes).send().await?;
        self.meter.write_units(output.consumed_capacity());
        Ok(())
    }

    /// Changes some attributes under a condition. `Ok` has the changed item, `Err` the item for which the condition does not hold.
    async fn update(
        &self,
        key: Key,
        change: impl FnOnce(UpdateItemFluentBuilder) -> UpdateItemFluentBuilder,
    ) -> Result<Result<Item, Item>, StoreError> {
        trail::touched(TableAction::Update, &key.pk);
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes);
        match change(update).send().await {
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

    /// Deletes the item with a key, if there is one.
    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        trail::touched(TableAction::Delete, &key.pk);
        let delete = self.client.delete_item().table_name(&self.table).set_key(Some(key.attributes()));
        let output = delete.return_consumed_capacity(ReturnConsumedCapacity::Indexes).send().await?;
        self.meter.write_units(output.consumed_capacity());
        Ok(())
    }
}

/// A text attribute.
fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
fn number(value: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// The whole number in an attribute.
fn integer(item: &Item, name: &str) -> Option<i64> {
    item.get(name).and_then(|value| AttributeValue::as_n(value).ok())?.parse().ok()
}
