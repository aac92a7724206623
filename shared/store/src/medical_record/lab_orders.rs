//! Orders of lab tests, their results, and the critical ones among these. An order, its prescription and its result change together.

use domain::{
    critical_result::{CriticalResult, ListedCritical},
    id::{LabOrderId, LaboratoryId, PatientId},
    lab_order::{LabOrder, LabOrderStatus, ListedLabOrder},
    laboratory::OfferedTest,
    record::{Clinical, Entry, Summary, lab_result::LabResult, prescription::LabTest},
    turnaround::Turnaround,
};
use jiff::Timestamp;

use super::{RecordError, entry_writes, must_live};
use crate::{
    Key, Listed, Record, Store, StoreError, from_item,
    keys::{self, IndexKey},
    lab_tests::add_turnaround,
    number,
    record::from_index,
};

impl Record for LabOrder {
    const KIND: &'static str = "lab_order";
    fn key(&self) -> Key {
        keys::lab_order(self.listed.patient_id, self.listed.id)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.listed.patient_id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_lab_order(self.laboratory_id, self.listed.status, self.listed.due_at, self.listed.id))
    }
    fn actor_index_key(&self) -> Option<IndexKey> {
        keys::lab_order_in_status(self.laboratory_id, self.listed.status, self.listed.due_at, self.listed.id)
    }
}

impl Record for CriticalResult {
    const KIND: &'static str = "critical_result";
    fn key(&self) -> Key {
        keys::critical_result(self.listed.patient_id, self.listed.order_id)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.listed.patient_id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        self.is_open().then(|| keys::listed_critical_result(self.listed.since, self.listed.order_id))
    }
}

/// A prescription before and after a laboratory has changed it.
pub type Prescribed<'a> = Option<(&'a Entry<LabTest>, &'a Entry<LabTest>)>;

/// A step that changes the result of an order.
#[derive(Debug, Clone, Copy)]
pub struct Resulting<'a> {
    pub order: (&'a LabOrder, &'a LabOrder),
    pub earlier: Option<&'a Entry<LabResult>>,
    pub result: &'a Entry<LabResult>,
    /// What a result, or one that is rejected, changes of the prescription.
    pub test: Prescribed<'a>,
    /// What has to be acknowledged, and the version of what was told before; 0 when nothing was.
    pub critical: Option<(&'a CriticalResult, u64)>,
    /// What a release adds.
    pub turnaround: Option<&'a Turnaround>,
}

impl Store {
    /// An order of a patient.
    pub async fn lab_order(&self, patient: PatientId, id: LabOrderId) -> Result<Option<LabOrder>, StoreError> {
        self.get(&keys::lab_order(patient, id)).await
    }

    /// A patient's orders, latest first.
    pub async fn lab_order_list(&self, patient: PatientId, before: Option<LabOrderId>, limit: usize) -> Result<Vec<LabOrder>, StoreError> {
        let found = self.query(keys::lab_orders(patient, before)).latest_first(true).first(limit).await?;
        found.into_iter().map(from_item).collect()
    }

    /// The orders of a laboratory that stand like this, or all that are not over: those that are due first come first.
    pub async fn lab_orders_of_laboratory(
        &self,
        laboratory: LaboratoryId,
        status: Option<LabOrderStatus>,
        due_by: Option<Timestamp>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<ListedLabOrder>>, StoreError> {
        let range = keys::lab_orders_of_laboratory(laboratory, status, due_by, after);
        // What is over is looked at from its end.
        let latest_first = status.is_some_and(|status| !status.is_open());
        from_index::<LabOrder, _>(self.query(range).latest_first(latest_first).first(limit).await?)
    }

    /// Places an order: of a test as it was read, for a patient who lives, and once for its prescription.
    pub async fn lab_order_place(&self, order: &LabOrder, offered: &OfferedTest, test: Prescribed<'_>) -> Result<(), RecordError> {
        let patient = order.listed.patient_id;
        let version = number(offered.version);
        let place = |write: &mut super::Transaction<'_, RecordError>| {
            write.put_new(order, |_| RecordError::Stale)?;
            let same = |check: aws_sdk_dynamodb::types::builders::ConditionCheckBuilder| {
                check.condition_expression("version = :version").expression_attribute_values(":version", version.clone())
            };
            write.check(&offered.key(), same, |_| RecordError::TestChanged)?;
            must_live(write, patient)
        };
        let Some((before, after)) = test else {
            let mut write = self.transaction();
            place(&mut write)?;
            return write.commit().await;
        };
        self.record_write(patient, Some(before), &mut |_| Ok(after.clone()), &|write, _| place(write)).await.map(drop)
    }

    /// Writes a step that changes the order alone. `false` when it has changed since it was read.
    pub async fn lab_order_change(&self, before: &LabOrder, after: &LabOrder) -> Result<bool, StoreError> {
        if self.put_where(after, "version = :before", &[(":before", number(before.version))]).await? {
            return Ok(true);
        }
        // The answer to this very write may have been lost.
        Ok(self.lab_order(after.listed.patient_id, after.listed.id).await?.as_ref() == Some(after))
    }

    /// Calls an order off. Its prescription can be taken to a laboratory again.
    pub async fn lab_order_cancel(&self, before: &LabOrder, after: &LabOrder, test: Prescribed<'_>) -> Result<(), RecordError> {
        let Some((earlier, open)) = test else {
            return if self.lab_order_change(before, after).await? { Ok(()) } else { Err(RecordError::Stale) };
        };
        let version = before.version;
        self.record_write(earlier.patient_id, Some(earlier), &mut |_| Ok(open.clone()), &|write, _| {
            write.replace(after, version, |_| RecordError::Stale)
        })
        .await
        .map(drop)
    }

    /// Writes a result or changes one, with everything that follows.
    pub async fn lab_order_result(&self, step: Resulting<'_>) -> Result<(), RecordError> {
        let Resulting { order: (before, after), earlier, result, test, critical, turnaround } = step;
        let mut shown = |summary: &mut Summary| {
            if let Some((before, after)) = test {
                LabTest::show(Some(before), after, summary).map_err(RecordError::Full)?;
            }
            Ok(result.clone())
        };
        let version = before.version;
        self.record_write(result.patient_id, earlier, &mut shown, &|write, _| {
            write.replace(after, version, |_| RecordError::Stale)?;
            if let Some((before, after)) = test {
                entry_writes(write, Some(before), after)?;
            }
            if let Some((critical, told)) = critical {
                write.write_from(critical, told, |_| RecordError::Stale)?;
            }
            match turnaround {
                Some(more) => add_turnaround(write, more, || RecordError::Stale),
                None => Ok(()),
            }
        })
        .await
        .map(drop)
    }

    /// What was told of a critical result of an order.
    pub async fn critical_result(&self, patient: PatientId, order: LabOrderId) -> Result<Option<CriticalResult>, StoreError> {
        self.get(&keys::critical_result(patient, order)).await
    }

    /// The critical results that nobody has acknowledged, oldest first.
    pub async fn critical_results(&self, after: Option<&str>, limit: usize) -> Result<Vec<Listed<ListedCritical>>, StoreError> {
        from_index::<CriticalResult, _>(self.query(keys::critical_results(after)).first(limit).await?)
    }

    /// Writes that a critical result was acknowledged, or that the doctors on duty know of it. `false` when it has changed since it was read.
    pub async fn critical_result_change(&self, before: &CriticalResult, after: &CriticalResult) -> Result<bool, StoreError> {
        if self.put_where(after, "version = :before", &[(":before", number(before.version))]).await? {
            return Ok(true);
        }
        Ok(self.critical_result(after.listed.patient_id, after.listed.order_id).await?.as_ref() == Some(after))
    }
}
