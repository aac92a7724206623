//! What a pharmacy sets aside for a patient.

pub(crate) mod cancel;
pub(crate) mod get;
pub(crate) mod hand_over;
pub(crate) mod list;
pub(crate) mod of_pharmacy;
pub(crate) mod request;

use domain::{
    allocation::{AllocatedLot, Allocation, AllocationStatus},
    id::{AllocationId, LotId, MedicineId, PatientId, PharmacyId, StockedMedicineId, UserId},
    instant::Instant,
    record::prescribing::{Hit, Override, OverrideReason},
    stock::LotNumber,
    text::{PersonName, Reason},
};
use http::{AppState, MoneyBody, Versioned};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// Units of a medicine that are set aside for a patient.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllocationView {
    id: AllocationId,
    /// `allocated`: it waits for the patient. The others are its ends.
    status: AllocationStatus,
    patient_id: PatientId,
    patient_name: PersonName,
    pharmacy_id: PharmacyId,
    medicine_id: StockedMedicineId,
    /// What it is, as it was called then.
    medicine: String,
    /// The prescription that it is for. Absent for what can be had without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    prescription_id: Option<MedicineId>,
    /// How many units were set aside.
    units: u32,
    lots: Vec<AllocatedLotView>,
    /// What a unit costs, as it was then.
    unit_price: MoneyBody,
    /// What it costs as it stands: what was set aside, or what the patient has got.
    amount: MoneyBody,
    requested_at: Instant,
    collect_by: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Instant>,
    /// Who handed it over or cancelled it.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_by: Option<UserId>,
    /// How many units the patient has got.
    #[serde(skip_serializing_if = "Option::is_none")]
    handed_over: Option<u32>,
    /// Why it was cancelled, or why less was handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// What the pharmacist said to what speaks against the medicine.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    accepted: Option<AcceptedView>,
}

/// Why a medicine was handed over although something speaks against it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AcceptedView {
    reason: OverrideReason,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Reason>,
    /// The stops that it answers.
    hits: Vec<Hit>,
}

/// Units of one lot.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllocatedLotView {
    lot_id: LotId,
    lot_number: LotNumber,
    #[schema(value_type = String, format = Date)]
    expires_on: Date,
    units: u32,
}

impl From<AllocatedLot> for AllocatedLotView {
    fn from(lot: AllocatedLot) -> Self {
        Self { lot_id: lot.lot, lot_number: lot.number, expires_on: lot.expires_on, units: lot.units }
    }
}

pub(crate) fn view(allocation: Allocation, state: &AppState) -> Versioned<AllocationView> {
    let (amount, instant) = (allocation.amount(), |at| state.hospital.instant(at));
    let (listed, end) = (allocation.listed, allocation.end);
    let body = AllocationView {
        id: listed.id,
        status: allocation.status,
        patient_id: listed.patient_id,
        units: listed.units(),
        requested_at: instant(listed.id.made_at()),
        collect_by: instant(listed.collect_by),
        patient_name: listed.patient_name,
        pharmacy_id: allocation.pharmacy_id,
        medicine_id: allocation.medicine_id,
        medicine: listed.medicine,
        prescription_id: allocation.prescription_id,
        lots: listed.lots.into_iter().map(Into::into).collect(),
        unit_price: allocation.unit_price.into(),
        amount: amount.into(),
        ended_at: end.as_ref().map(|end| instant(end.at)),
        ended_by: end.as_ref().and_then(|end| end.by),
        handed_over: end.as_ref().map(|end| end.units),
        reason: end.as_ref().and_then(|end| end.reason.clone()),
        accepted: end.and_then(|end| end.accepted).map(|Override { reason, note, hits }| AcceptedView { reason, note, hits }),
    };
    Versioned { version: allocation.version, body }
}
