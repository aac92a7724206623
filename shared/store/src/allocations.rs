//! What a pharmacy sets aside for a patient, and what patients got.
//!
//! An allocation takes units of the stock and of the prescription in one transaction. It is also the ledger's entry: what it took never changes.

use aws_sdk_dynamodb::types::builders::ConditionCheckBuilder;
use domain::{
    allocation::{AllocatedLot, Allocation, AllocationStatus, Dispense, Ending, ListedAllocation, ListedDispense},
    id::{AllocationId, LotId, MedicineId, MovementId, PatientId, PharmacyId, StockedMedicineId},
    pharmacy::StockedMedicine,
    record::{Clinical, Entry, Summary, prescription::Medicine},
    stock::{Movement, MovementKind, Short},
};
use jiff::{Timestamp, civil::Date};

use super::{
    Item, Key, Listed, Record, Store, StoreError,
    admissions::must_live,
    from_item,
    keys::{self, IndexKey},
    number,
    record::{from_index, origin, to_value},
    stock::{TRIES, busy, write_move, write_stock},
    transact::{NEW, Transaction},
};

impl Record for Allocation {
    const KIND: &'static str = "allocation";
    fn key(&self) -> Key {
        keys::allocation(self.listed.patient_id, self.listed.id)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.listed.patient_id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_allocation(self.pharmacy_id, self.status, self.listed.id))
    }
    fn actor_index_key(&self) -> Option<IndexKey> {
        Some(keys::in_ledger(self.medicine_id, &self.listed.id.place()))
    }
}

impl Record for Dispense {
    const KIND: &'static str = "dispense";
    fn key(&self) -> Key {
        keys::dispense(self.listed.patient_id, self.listed.allocation_id, self.part)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.listed.patient_id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        let listed = &self.listed;
        Some(keys::listed_dispense(&self.medicine_id.to_string(), listed.at, listed.allocation_id, self.part))
    }
    fn actor_index_key(&self) -> Option<IndexKey> {
        let listed = &self.listed;
        Some(keys::listed_dispense(&listed.lot.lot.to_string(), listed.at, listed.allocation_id, self.part))
    }
}

/// What is to be set aside.
#[derive(Debug, Clone)]
pub struct NewAllocation<'a> {
    /// The allocation, still without lots.
    pub allocation: Allocation,
    pub units: u32,
    /// The medicine, with the price that the patient pays.
    pub medicine: &'a StockedMedicine,
    pub prescription: Option<&'a Entry<Medicine>>,
}

/// Why nothing was set aside. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum AllocateError {
    #[error("there is not enough")]
    Short(Short),
    #[error("the medicine has changed since it was read")]
    MedicineChanged,
    #[error("the prescription has not so many units left, or is not valid any more")]
    Prescription(Option<Box<Entry<Medicine>>>),
    /// The stock has changed since it was read. It is read again.
    #[error("the stock has changed since it was read")]
    Moved,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an allocation was not ended. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum EndError {
    #[error("the allocation has changed since it was read")]
    Stale,
    /// The record, the prescription or the patient has changed since they were checked. They are checked again.
    #[error("the record has changed since it was checked")]
    Recheck,
    /// The stock has changed since it was read. It is read again.
    #[error("the stock has changed since it was read")]
    Moved,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A prescription that is neither stopped nor entered in error.
const VALID: &str = "attribute_exists(pk) AND attribute_not_exists(in_error) AND attribute_not_exists(#content.stopped)";

fn record_key(patient: PatientId, id: MedicineId) -> Key {
    keys::record_entry(patient, Medicine::KIND, &id.to_string())
}

/// Requires that a patient lives, and that the summary of the record is the one that was checked.
fn still_safe(write: &mut Transaction<'_, EndError>, summary: &Summary) -> Result<(), EndError> {
    must_live(write, summary.patient_id, || EndError::Recheck)?;
    let same = |check: ConditionCheckBuilder| match summary.version {
        0 => check.condition_expression(NEW),
        version => check.condition_expression("version = :version").expression_attribute_values(":version", number(version)),
    };
    write.check(&keys::record_summary(summary.patient_id), same, |_| EndError::Recheck)
}

impl EndError {
    /// For those who try again: somebody else has ended it already.
    #[must_use]
    pub fn to_retry(self) -> StoreError {
        match self {
            Self::Store(error) => error,
            other => StoreError::Unavailable(Box::new(other)),
        }
    }
}

impl Store {
    /// An allocation of a patient.
    pub async fn allocation(&self, patient: PatientId, id: AllocationId) -> Result<Option<Allocation>, StoreError> {
        self.get(&keys::allocation(patient, id)).await
    }

    /// A patient's allocations, latest first.
    pub async fn allocation_list(
        &self,
        patient: PatientId,
        before: Option<AllocationId>,
        limit: usize,
    ) -> Result<Vec<Allocation>, StoreError> {
        let found = self.query(keys::allocations(patient, before)).latest_first(true).first(limit).await?;
        found.into_iter().map(from_item).collect()
    }

    /// The allocations of a pharmacy that stand like this, oldest first.
    pub async fn allocations_of_pharmacy(
        &self,
        pharmacy: PharmacyId,
        status: AllocationStatus,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<ListedAllocation>>, StoreError> {
        from_index::<Allocation, _>(self.query(keys::allocations_in_status(pharmacy, status, after)).first(limit).await?)
    }

    /// Sets units aside: of the lots that expire first, and of the prescription.
    /// Nothing waits longer than its lots can be used: `midnight` says when a day begins.
    pub async fn allocation_begin(
        &self,
        new: &NewAllocation<'_>,
        today: Date,
        midnight: impl Fn(Date) -> Timestamp,
    ) -> Result<Allocation, AllocateError> {
        for _ in 0..TRIES {
            let stock = self.stock(new.medicine.id).await?.ok_or(AllocateError::MedicineChanged)?;
            if stock.of_version != new.medicine.version {
                return Err(AllocateError::MedicineChanged);
            }
            let taken = stock.stock.pick(new.units, today).map_err(AllocateError::Short)?;
            let lots = taken.iter().filter_map(|change| {
                let lot = stock.stock.lots.get(&change.lot)?;
                Some(AllocatedLot {
                    lot: change.lot,
                    number: lot.number.clone(),
                    expires_on: lot.expires_on,
                    units: change.units.unsigned_abs(),
                })
            });
            let lots: Vec<_> = lots.collect();
            let first = lots.first().map(|lot| midnight(lot.expires_on));
            let collect_by = first.map_or(new.allocation.listed.collect_by, |first| first.min(new.allocation.listed.collect_by));
            let listed = ListedAllocation { lots, collect_by, ..new.allocation.listed.clone() };
            let allocation = Allocation { listed, ..new.allocation.clone() };
            let mut write = self.transaction().contended();
            if let Some(prescription) = new.prescription {
                take_of(&mut write, prescription, new.units)?;
            }
            write_stock(&mut write, &stock, &taken, |_| None, Some(new.medicine.version), || AllocateError::Moved)?;
            write.put_new(&allocation, |_| AllocateError::Moved)?;
            match write.commit().await {
                Err(AllocateError::Moved) => {}
                written => return written.map(|()| allocation),
            }
        }
        Err(busy().into())
    }

    /// Ends an allocation: what the patient does not get goes back to the stock and to the prescription. `checked` is the summary that allergies
    /// were looked for in, when it is handed over: then the record and the prescription are still what they were, and the patient lives.
    pub async fn allocation_end(
        &self,
        before: &Allocation,
        ending: &Ending,
        movement: MovementId,
        at: Timestamp,
        checked: Option<&Summary>,
    ) -> Result<(), EndError> {
        let after = &ending.allocation;
        for _ in 0..TRIES {
            let mut write = self.transaction().contended();
            write.replace(after, before.version, |_| EndError::Stale)?;
            if let Some(summary) = checked {
                still_safe(&mut write, summary)?;
                if let Some(prescription) = after.prescription_id.filter(|_| ending.units_back == 0) {
                    let key = record_key(after.listed.patient_id, prescription);
                    let holds =
                        |check: ConditionCheckBuilder| check.condition_expression(VALID).expression_attribute_names("#content", "content");
                    write.check(&key, holds, |_| EndError::Recheck)?;
                }
            }
            if ending.units_back > 0 {
                let stock = self.stock(after.medicine_id).await?.ok_or_else(|| StoreError::refused("the medicine has no stock"))?;
                let back = Movement {
                    id: movement,
                    kind: MovementKind::PutBack,
                    changes: ending.back.clone(),
                    at,
                    // Who reads the ledger need not know who the patient is, or why they need it no longer.
                    by: after.end.as_ref().filter(|end| end.by_pharmacy).and_then(|end| end.by),
                    reason: after.end.as_ref().filter(|end| end.by_pharmacy).and_then(|end| end.reason.clone()),
                    allocation: Some(after.listed.id),
                };
                let facts = |id: LotId| {
                    let lot = before.listed.lots.iter().find(|lot| lot.lot == id)?;
                    Some((lot.expires_on, lot.number.clone()))
                };
                write_move(&mut write, &stock, &back, facts, || EndError::Moved)?;
                if let Some(prescription) = after.prescription_id {
                    give_back(&mut write, after.listed.patient_id, prescription, ending.units_back, checked.is_some())?;
                }
            }
            for dispense in &ending.dispensed {
                write.put_new(dispense, |_| EndError::Stale)?;
            }
            match write.commit().await {
                Err(EndError::Moved) => {}
                written => return written,
            }
        }
        Err(busy().into())
    }

    /// What a patient got, latest first.
    pub async fn dispenses(&self, patient: PatientId, before: Option<&str>, limit: usize) -> Result<Vec<Dispense>, StoreError> {
        let found = self.query(keys::dispenses(patient, before)).latest_first(true).first(limit).await?;
        found.into_iter().map(from_item).collect()
    }

    /// What was dispensed of a medicine, latest first.
    pub async fn dispenses_of_medicine(
        &self,
        medicine: StockedMedicineId,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<ListedDispense>>, StoreError> {
        from_index::<Dispense, _>(self.query(keys::dispensed_of_medicine(medicine, before)).latest_first(true).first(limit).await?)
    }

    /// Who got units of a lot, latest first.
    pub async fn dispenses_of_lot(
        &self,
        lot: LotId,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<ListedDispense>>, StoreError> {
        from_index::<Dispense, _>(self.query(keys::dispensed_of_lot(lot, before)).latest_first(true).first(limit).await?)
    }
}

/// A prescription has fewer units left. It is under a condition on what is left and not on a version, so that those who take of it do not make
/// each other try again. The version grows, so that nobody revises what they have not seen.
fn take_of(write: &mut Transaction<'_, AllocateError>, prescription: &Entry<Medicine>, units: u32) -> Result<(), AllocateError> {
    let content = &prescription.content;
    let written = origin(Some(prescription.patient_id), None)?;
    let Some(most) = content.prescribed().checked_sub(units) else {
        return Err(AllocateError::Prescription(Some(Box::new(prescription.clone()))));
    };
    let ingredients = to_value(&content.ingredients, Medicine::KIND)?;
    let set_origin = if written.is_some() { ", #origin = :origin" } else { "" };
    let refuse = |there: Item| AllocateError::Prescription(from_item(there).ok().map(Box::new));
    write.update(
        &record_key(prescription.patient_id, prescription.id),
        |update| {
            let update = update
                .update_expression(format!("SET #content.dispensed = #content.dispensed + :units, version = version + :one{set_origin}"))
                .condition_expression(format!(
                    "{VALID} AND #content.dispensed <= :most AND #content.quantity = :quantity AND #content.refills = :refills \
                     AND #content.duration_days = :days AND #content.ingredients = :ingredients"
                ))
                .expression_attribute_names("#content", "content")
                .expression_attribute_values(":units", number(units))
                .expression_attribute_values(":one", number(1))
                .expression_attribute_values(":most", number(most))
                .expression_attribute_values(":quantity", number(content.quantity))
                .expression_attribute_values(":refills", number(content.refills))
                .expression_attribute_values(":days", number(content.duration_days))
                .expression_attribute_values(":ingredients", ingredients);
            match written {
                Some(origin) => update.expression_attribute_names("#origin", "origin").expression_attribute_values(":origin", origin),
                None => update,
            }
        },
        refuse,
    )
}

/// A prescription has more units left again. `if_valid`: only while it is valid, because the patient gets the others.
fn give_back(
    write: &mut Transaction<'_, EndError>,
    patient: PatientId,
    id: MedicineId,
    units: u32,
    if_valid: bool,
) -> Result<(), EndError> {
    let and_valid = if if_valid { format!(" AND {VALID}") } else { String::new() };
    write.update(
        &record_key(patient, id),
        |update| {
            update
                .update_expression("SET #content.dispensed = #content.dispensed - :units, version = version + :one")
                .condition_expression(format!("#content.dispensed >= :units{and_valid}"))
                .expression_attribute_names("#content", "content")
                .expression_attribute_values(":units", number(units))
                .expression_attribute_values(":one", number(1))
        },
        move |_| if if_valid { EndError::Recheck } else { EndError::Moved },
    )
}
