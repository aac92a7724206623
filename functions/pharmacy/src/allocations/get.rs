//! `GET /patients/{patient_id}/allocations/{id}`: one allocation, with all that a pharmacist needs to hand it over.

use axum::extract::State;
use domain::{
    id::{AllocationId, PatientId},
    mrn::Mrn,
    patient::DateOfBirth,
    record::{
        prescribing::{Hit, check, not_understood},
        prescription::{Medicine, MedicineStatus, Route},
    },
    text::{PersonName, Reason, Title},
};
use http::{AppState, Problem, Versioned};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{AllocationView, view};
use crate::authority::OfAllocation;

/// An allocation, whose it is, and what was prescribed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllocationDetail {
    #[serde(flatten)]
    allocation: AllocationView,
    /// The patient's medical record number.
    mrn: Mrn,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_of_birth: Option<DateOfBirth>,
    /// The prescription as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    prescription: Option<PrescribedView>,
    /// For those who work in the pharmacy: what the check says now.
    #[serde(skip_serializing_if = "Option::is_none")]
    safety: Option<SafetyView>,
}

/// What was prescribed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PrescribedView {
    status: MedicineStatus,
    drug: Title,
    dose: Title,
    route: Route,
    frequency: Title,
    /// How long, in days, without refills.
    duration_days: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<Reason>,
    doctor_name: PersonName,
    #[schema(value_type = String, format = Date)]
    prescribed_on: Date,
}

/// What speaks against handing it over.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SafetyView {
    hits: Vec<Hit>,
    /// Allergies that the check can make nothing of: brands, foods, misspelt names. Read them yourself.
    not_understood: Vec<Reason>,
}

/// Read an allocation
///
/// With what was prescribed. Those who work in the pharmacy see whose it is, and what the allergy check says.
#[utoipa::path(get, path = "/patients/{patient_id}/allocations/{id}", tag = "dispensing", operation_id = "get_allocation",
    params(("patient_id" = PatientId, Path), ("id" = AllocationId, Path)), responses((status = 200, body = Versioned<AllocationDetail>)))]
pub(crate) async fn get(State(state): State<AppState>, of: OfAllocation) -> Result<Versioned<AllocationDetail>, Problem> {
    let (store, today, patient) = (&state.store, state.today(), of.patient);
    let prescription = match of.allocation.prescription_id {
        Some(id) => store.record_entry::<Medicine>(patient.id, id).await?.map(|entry| entry.content),
        None => None,
    };
    let safety = if of.by_pharmacy {
        let medicine = store.stocked_medicine(of.allocation.medicine_id).await?.ok_or_else(|| Problem::not_found("medicine"))?;
        let summary = store.record_summary(patient.id).await?;
        let hits = check(&medicine.ingredients, &summary, today, of.allocation.prescription_id);
        Some(SafetyView { hits, not_understood: not_understood(&medicine.ingredients, &summary) })
    } else {
        None
    };
    let Versioned { version, body: allocation } = view(of.allocation, &state);
    let prescription = prescription.map(|content| PrescribedView {
        status: content.status(today),
        drug: content.drug,
        dose: content.dose,
        route: content.route,
        frequency: content.frequency,
        duration_days: content.duration_days,
        instructions: content.instructions,
        doctor_name: content.doctor_name,
        prescribed_on: content.prescribed_on,
    });
    Ok(Versioned {
        version,
        body: AllocationDetail { allocation, mrn: patient.mrn, date_of_birth: patient.date_of_birth, prescription, safety },
    })
}
