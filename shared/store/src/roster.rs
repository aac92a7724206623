//! Who is on duty.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::{role::Role, roster::Shift};
use jiff::Timestamp;

use super::{Key, Record, Store, StoreError, from_item, keys, text};

impl Record for Shift {
    const KIND: &'static str = "shift";
    fn key(&self) -> Key {
        keys::shift(self.role, self.start)
    }
}

impl Store {
    /// Enters a shift; `false` when the role already has one that starts then.
    pub async fn enter_shift(&self, shift: &Shift) -> Result<bool, StoreError> {
        self.put_new(shift).await
    }

    /// Who holds a role at an instant: of the shifts that began, the latest, if it has not ended.
    pub async fn on_duty(&self, role: Role, at: Timestamp) -> Result<Option<Shift>, StoreError> {
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :role AND sk <= :now")
            .expression_attribute_values(":role", text(keys::roster_partition(role)))
            .expression_attribute_values(":now", text(keys::shift_sk(at)))
            .scan_index_forward(false)
            .limit(1)
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .send()
            .await?;
        self.meter.read_units(output.consumed_capacity());
        let latest = output.items.unwrap_or_default().into_iter().next().map(from_item::<Shift>).transpose()?;
        Ok(latest.filter(|shift| shift.covers(at)))
    }
}
