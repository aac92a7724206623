//! Allocations: units of a medicine that are set aside for a patient, until they are handed over, given back, or not collected in time.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    id::{AllocationId, LotId, MedicineId, PatientId, PharmacyId, StockedMedicineId, UserId},
    money::Money,
    record::prescribing::Override,
    stock::{Change, LotNumber, put_back, signed},
    text::{PersonName, Reason},
};

/// Units of one lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocatedLot {
    /// The lot.
    pub lot: LotId,
    /// Its number.
    #[serde(rename = "no")]
    pub number: LotNumber,
    /// The first day on which it must not be used any more.
    #[serde(rename = "e")]
    pub expires_on: Date,
    /// How many units.
    #[serde(rename = "n")]
    pub units: u32,
}

/// What lists show of an allocation. It never changes: it is also the ledger's entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedAllocation {
    /// Its id, which says when it was made.
    pub id: AllocationId,
    /// The patient.
    pub patient_id: PatientId,
    /// The patient's name at that time.
    pub patient_name: PersonName,
    /// The medicine, as it was called then.
    pub medicine: String,
    /// The lots that it was taken from.
    pub lots: Vec<AllocatedLot>,
    /// Until when the patient can collect it: before any of its lots expires.
    pub collect_by: Timestamp,
}

impl ListedAllocation {
    /// How many units were set aside.
    #[must_use]
    pub fn units(&self) -> u32 {
        self.lots.iter().map(|lot| lot.units).sum()
    }

    /// What it took from the stock.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        self.lots.iter().map(|lot| Change::of(lot.lot, -signed(lot.units))).collect()
    }
}

/// Units of a medicine that are set aside for a patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// What lists show.
    #[serde(rename = "entry")]
    pub listed: ListedAllocation,
    /// The pharmacy.
    pub pharmacy_id: PharmacyId,
    /// The medicine.
    pub medicine_id: StockedMedicineId,
    /// The prescription that it is for. `None` for what can be had without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prescription_id: Option<MedicineId>,
    /// What a unit costs, as it was then.
    pub unit_price: Money,
    /// How it stands.
    pub status: AllocationStatus,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<AllocationEnd>,
    /// Grows with each change.
    pub version: u64,
}

/// How an allocation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AllocationStatus {
    /// It waits for the patient.
    Allocated,
    /// The patient has it, or a part of it.
    HandedOver,
    /// The patient or the pharmacy gave it up.
    Cancelled,
    /// Nobody collected it in time.
    Expired,
}

named! {
    AllocationStatus, "invalid_status": {
        Allocated = "allocated", HandedOver = "handed_over", Cancelled = "cancelled", Expired = "expired",
    }
}

/// How an allocation ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocationEnd {
    /// When.
    pub at: Timestamp,
    /// Who ended it. `None` when nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// Whether it was the pharmacy, and not the patient.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_pharmacy: bool,
    /// How many units the patient has.
    pub units: u32,
    /// Why it was cancelled, or less was handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What the pharmacist said to what speaks against the medicine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Override>,
}

/// Units of one lot that a patient has. It is the history of the patient, of the medicine and of the lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispense {
    /// What lists show.
    #[serde(rename = "entry")]
    pub listed: ListedDispense,
    /// The lot's place among those of the allocation.
    pub part: u8,
    /// The medicine.
    pub medicine_id: StockedMedicineId,
}

/// What lists show of what was dispensed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedDispense {
    /// The allocation.
    pub allocation_id: AllocationId,
    /// The patient.
    pub patient_id: PatientId,
    /// The patient's name at that time.
    pub patient_name: PersonName,
    /// The pharmacy.
    pub pharmacy_id: PharmacyId,
    /// The medicine, as it was called then.
    pub medicine: String,
    /// The lot, its number, when it expires, and how many units of it.
    pub lot: AllocatedLot,
    /// When.
    pub at: Timestamp,
    /// Who handed it over.
    pub by: UserId,
}

/// An allocation has ended already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended(pub AllocationStatus);

/// What follows from the end of an allocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// The allocation afterwards.
    pub allocation: Allocation,
    /// What goes back to the stock.
    pub back: Vec<Change>,
    /// How many units that are.
    pub units_back: u32,
    /// What the patient has.
    pub dispensed: Vec<Dispense>,
}

impl Allocation {
    /// What it costs as it stands: what was set aside, or what the patient has.
    #[must_use]
    pub fn amount(&self) -> Money {
        self.unit_price.times(self.end.as_ref().map_or_else(|| self.listed.units(), |end| end.units))
    }

    /// Ends it: the patient has so many units, and the rest goes back. The lots that expire first are handed over first.
    ///
    /// # Errors
    /// When it has ended.
    pub fn end(self, status: AllocationStatus, end: AllocationEnd, today: Date) -> Result<Ending, Ended> {
        if self.status != AllocationStatus::Allocated {
            return Err(Ended(self.status));
        }
        let (mut missing, mut back, mut units_back, mut dispensed) = (end.units, Vec::new(), 0, Vec::new());
        for (part, lot) in (0u8..).zip(&self.listed.lots) {
            let given = lot.units.min(missing);
            missing -= given;
            if given < lot.units {
                back.push(put_back(lot.lot, lot.units - given, lot.expires_on, today));
                units_back += lot.units - given;
            }
            if let Some(by) = end.by.filter(|_| given > 0) {
                let listed = ListedDispense {
                    allocation_id: self.listed.id,
                    patient_id: self.listed.patient_id,
                    patient_name: self.listed.patient_name.clone(),
                    pharmacy_id: self.pharmacy_id,
                    medicine: self.listed.medicine.clone(),
                    lot: AllocatedLot { units: given, ..lot.clone() },
                    at: end.at,
                    by,
                };
                dispensed.push(Dispense { listed, part, medicine_id: self.medicine_id });
            }
        }
        let allocation = Self { status, end: Some(end), version: self.version + 1, ..self };
        Ok(Ending { allocation, back, units_back, dispensed })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::money::Currency;

    fn allocation() -> Allocation {
        let lot = |number, units, expires_on| AllocatedLot {
            lot: LotId::new(Timestamp::UNIX_EPOCH, number),
            number: LotNumber::parse("A1").unwrap(),
            expires_on,
            units,
        };
        Allocation {
            listed: ListedAllocation {
                id: AllocationId::new(Timestamp::UNIX_EPOCH, 1),
                patient_id: PatientId::new(Timestamp::UNIX_EPOCH, 1),
                patient_name: PersonName::parse("Ada Byron").unwrap(),
                medicine: "Amoxil 500 mg capsule".to_owned(),
                lots: vec![lot(1, 4, date(2026, 3, 4)), lot(2, 17, date(2027, 3, 4))],
                collect_by: Timestamp::UNIX_EPOCH,
            },
            pharmacy_id: PharmacyId::new(Timestamp::UNIX_EPOCH, 1),
            medicine_id: StockedMedicineId::new(Timestamp::UNIX_EPOCH, 1),
            prescription_id: None,
            unit_price: Money::parse("0.25", Currency::parse("USD").unwrap()).unwrap(),
            status: AllocationStatus::Allocated,
            end: None,
            version: 1,
        }
    }

    fn end(units: u32) -> AllocationEnd {
        AllocationEnd {
            at: Timestamp::UNIX_EPOCH,
            by: Some(UserId::new(Timestamp::UNIX_EPOCH, 1)),
            by_pharmacy: true,
            units,
            reason: None,
            accepted: None,
        }
    }

    #[test]
    fn what_is_not_handed_over_goes_back_and_costs_nothing() {
        let (before, today) = (allocation(), date(2026, 3, 2));
        assert_eq!((before.listed.units(), before.amount().amount()), (21, "5.25".to_owned()));
        let part = before.clone().end(AllocationStatus::HandedOver, end(10), today).unwrap();
        let given: Vec<_> = part.dispensed.iter().map(|dispense| (dispense.part, dispense.listed.lot.units)).collect();
        assert_eq!((given, part.units_back, part.allocation.amount().amount()), (vec![(0, 4), (1, 6)], 11, "2.50".to_owned()));
        assert_eq!(part.back.iter().map(|change| change.units).sum::<i32>(), 11);
        assert_eq!(part.allocation.end(AllocationStatus::Cancelled, end(0), today).unwrap_err(), Ended(AllocationStatus::HandedOver));
        let none = before.end(AllocationStatus::Expired, end(0), today).unwrap();
        assert_eq!((none.units_back, none.dispensed.len(), none.allocation.amount().minor()), (21, 0, 0));
    }

    #[test]
    fn a_lot_that_expires_while_it_waits_goes_into_quarantine() {
        let (before, today) = (allocation(), date(2026, 3, 4));
        let back = before.end(AllocationStatus::Cancelled, end(0), today).unwrap().back;
        assert_eq!((back[0].units, back[0].quarantined, back[1].units), (0, 4, 17));
    }
}
