//! What patients got: the history of a patient, of a medicine and of a lot.

pub(crate) mod of_lot;
pub(crate) mod of_medicine;
pub(crate) mod of_patient;

use domain::{
    allocation::ListedDispense,
    id::{AllocationId, LotId, PatientId, PharmacyId, UserId},
    instant::Instant,
    stock::LotNumber,
    text::PersonName,
};
use http::AppState;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// Units of one lot that a patient got.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DispenseView {
    allocation_id: AllocationId,
    patient_id: PatientId,
    /// The patient's name at that time.
    patient_name: PersonName,
    pharmacy_id: PharmacyId,
    /// What it is, as it was called then.
    medicine: String,
    lot_id: LotId,
    lot_number: LotNumber,
    #[schema(value_type = String, format = Date)]
    expires_on: Date,
    units: u32,
    dispensed_at: Instant,
    dispensed_by: UserId,
}

impl DispenseView {
    pub(crate) fn of(dispense: ListedDispense, state: &AppState) -> Self {
        Self {
            allocation_id: dispense.allocation_id,
            patient_id: dispense.patient_id,
            patient_name: dispense.patient_name,
            pharmacy_id: dispense.pharmacy_id,
            medicine: dispense.medicine,
            lot_id: dispense.lot.lot,
            lot_number: dispense.lot.number,
            expires_on: dispense.lot.expires_on,
            units: dispense.lot.units,
            dispensed_at: state.hospital.instant(dispense.at),
            dispensed_by: dispense.by,
        }
    }
}
