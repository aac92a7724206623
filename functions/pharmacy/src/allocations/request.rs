//! `POST /patients/{patient_id}/allocations`: have a pharmacy set a medicine aside.

use axum::extract::State;
use domain::{
    allocation::{Allocation, AllocationStatus, ListedAllocation},
    id::{AllocationId, MedicineId, PatientId, PharmacyId, StockedMedicineId},
    instant::Instant,
    pharmacy::{Pharmacy, StockedMedicine, shortage_in_words},
    record::{
        Entry,
        prescription::{Medicine, MedicineStatus},
    },
    stock::Short,
};
use http::{AppState, Created, Fields, Json, Problem, refusals, whole};
use serde::Deserialize;
use store::allocations::{AllocateError, NewAllocation};
use utoipa::ToSchema;

use super::{AllocationView, view};
use crate::{
    authority::ForPatient,
    medicines::offers::{PharmacyOfferView, elsewhere},
};

/// How many units at a time: as many as a prescription can name. Without one, fewer: what is set aside is kept from others.
const MOST: i64 = 1000;
const MOST_OVER_THE_COUNTER: u32 = 100;
/// How many allocations without a prescription wait for a patient at a time, among the latest.
const MOST_WAITING: usize = 5;
const LOOKED_AT: usize = 20;

refusals! {
    pub(crate) NotAllocated {
        409 "pharmacy_closed" { opens_at: Option<Instant> },
        409 "not_enough_stock" { available: u32, expired: u32, others: Vec<PharmacyOfferView> },
        409 "prescription_needed",
        409 "prescription_stopped",
        409 "prescription_over",
        409 "not_enough_prescribed" { left: u32 },
        409 "other_medicine",
        409 "other_strength",
        409 "too_many_wait" { at_most: usize },
        409 "deceased",
        409 "try_again",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AllocationRequest {
    #[schema(value_type = PharmacyId)]
    pharmacy_id: Option<String>,
    /// A medicine that the pharmacy keeps.
    #[schema(value_type = StockedMedicineId)]
    medicine_id: Option<String>,
    /// How many units: tablets, bottles. At most 100 without a prescription.
    #[schema(value_type = u32, minimum = 1, maximum = 1000)]
    units: Option<i64>,
    /// The patient's prescription that it is for. It names the same active ingredients. Leave it out for what can be had without one.
    #[schema(value_type = Option<MedicineId>)]
    prescription_id: Option<String>,
}

/// Ask a pharmacy for a medicine
///
/// The units are the patient's at once, and wait in the pharmacy until `collect_by`. Those that expire first come first. The prescription has fewer
/// units left from then on. The price stays as it is now. The patient and the pharmacy get an email. Those who work in the pharmacy ask for a patient
/// who stands at the counter.
#[utoipa::path(post, path = "/patients/{patient_id}/allocations", tag = "dispensing", operation_id = "request_allocation",
    params(("patient_id" = PatientId, Path)), request_body = AllocationRequest,
    responses((status = 201, body = Created<AllocationView>, description = "Set aside"), NotAllocated))]
pub(crate) async fn request(
    State(state): State<AppState>,
    access: ForPatient,
    Json(request): Json<AllocationRequest>,
) -> Result<Created<AllocationView>, Problem> {
    let mut fields = Fields::default();
    let pharmacy_id = fields.required("pharmacy_id", request.pharmacy_id, |id| id.parse::<PharmacyId>());
    let medicine_id = fields.required("medicine_id", request.medicine_id, |id| id.parse::<StockedMedicineId>());
    let units = fields.required("units", request.units, |units| whole::<u32>(units, 1, MOST));
    let prescription_id = fields.optional("prescription_id", request.prescription_id, |id| id.parse::<MedicineId>());
    let (Some(pharmacy_id), Some(medicine_id), Some(units), Some(prescription_id)) = (pharmacy_id, medicine_id, units, prescription_id)
    else {
        return Err(fields.problem());
    };
    if access.only_in.is_some_and(|own| own != pharmacy_id) {
        return Err(Problem::invalid_field("pharmacy_id", "not_yours", "You ask for patients in the pharmacy in which you work."));
    }
    let (now, patient) = (state.clock.now(), access.patient);
    if patient.deceased.is_some() {
        return Err(Problem::conflict("deceased", "The patient has died."));
    }
    let unknown = |field, code, detail: &str| Problem::invalid_field(field, code, detail);
    let pharmacy = state.store.pharmacy(pharmacy_id).await?;
    let pharmacy = pharmacy.ok_or_else(|| unknown("pharmacy_id", "unknown_pharmacy", "There is no such pharmacy."))?;
    let medicine = state.store.stocked_medicine(medicine_id).await?.filter(|medicine| medicine.pharmacy_id == pharmacy_id);
    let medicine = medicine.ok_or_else(|| unknown("medicine_id", "unknown_medicine", "The pharmacy does not keep such a medicine."))?;
    let prescription = if let Some(id) = prescription_id {
        Some(prescribed(&state, patient.id, id, &medicine, units).await?)
    } else {
        without_prescription(&medicine, units)?;
        must_have_collected(&state, patient.id).await?;
        None
    };
    must_be_open(&pharmacy, &state)?;
    let id = AllocationId::new(now, state.random.u128()?);
    let listed = ListedAllocation {
        id,
        patient_id: patient.id,
        patient_name: patient.name,
        medicine: medicine.what(),
        lots: Vec::new(),
        collect_by: pharmacy.collect_by(now),
    };
    let allocation = Allocation {
        listed,
        pharmacy_id,
        medicine_id,
        prescription_id,
        unit_price: medicine.unit_price,
        status: AllocationStatus::Allocated,
        end: None,
        version: 1,
    };
    let new = NewAllocation { allocation, units, medicine: &medicine, prescription: prescription.as_ref() };
    match state.store.allocation_begin(&new, state.today(), |day| state.hospital.midnight(day)).await {
        Ok(allocation) => {
            let shown = view(allocation, &state);
            Ok(Created { location: format!("/patients/{}/allocations/{id}", patient.id), version: shown.version, body: shown.body })
        }
        Err(AllocateError::Short(short)) => Err(short_of(&state, &medicine, short).await?),
        Err(AllocateError::Prescription(now)) => Err(not_valid(now.as_deref(), units, &state)),
        Err(AllocateError::MedicineChanged | AllocateError::Moved) => {
            let detail = "The pharmacy has changed the medicine at this moment, perhaps its price. Read it and try again.";
            Err(Problem::conflict("try_again", detail))
        }
        Err(AllocateError::Store(error)) => Err(error.into()),
    }
}

/// The prescription, if it is the patient's, still valid, and for this medicine.
async fn prescribed(
    state: &AppState,
    patient: PatientId,
    id: MedicineId,
    medicine: &StockedMedicine,
    units: u32,
) -> Result<Entry<Medicine>, Problem> {
    let found = state.store.record_entry::<Medicine>(patient, id).await?.filter(|entry| !entry.in_error);
    let entry = found.ok_or_else(unknown_prescription)?;
    if let Some(refused) = not_valid_at_all(&entry, state) {
        return Err(refused);
    }
    if !medicine.is_of(&entry.content.ingredients) {
        let detail = "The prescription names other active ingredients than this medicine has. Choose a medicine that was prescribed.";
        return Err(Problem::conflict("other_medicine", detail));
    }
    if medicine.differs_in_strength(&entry.content.drug) {
        let (prescribed, strength) = (entry.content.drug.as_str(), medicine.strength.as_str());
        let detail =
            format!("The prescription says `{prescribed}`, and this medicine has {strength}. Choose the strength that was prescribed.");
        return Err(Problem::conflict("other_strength", detail));
    }
    // The transaction holds it. Said first, so that nobody looks for a pharmacy that has more than they may have.
    if entry.content.left() < units {
        return Err(used_up(&entry));
    }
    Ok(entry)
}

fn unknown_prescription() -> Problem {
    Problem::invalid_field("prescription_id", "unknown_prescription", "The patient has no such prescription.")
}

fn not_valid_at_all(entry: &Entry<Medicine>, state: &AppState) -> Option<Problem> {
    match entry.content.status(state.today()) {
        MedicineStatus::Active => None,
        MedicineStatus::Stopped => Some(Problem::conflict("prescription_stopped", "A doctor has stopped this prescription.")),
        MedicineStatus::Completed => {
            let detail = "The course of this prescription is over. Ask the doctor for a new one.";
            Some(Problem::conflict("prescription_over", detail))
        }
    }
}

/// Why units could not be taken of a prescription as it is now.
fn not_valid(now: Option<&Entry<Medicine>>, units: u32, state: &AppState) -> Problem {
    let Some(entry) = now.filter(|entry| !entry.in_error) else { return unknown_prescription() };
    let revised = || Problem::conflict("try_again", "The doctor has revised the prescription at this moment. Read it and try again.");
    not_valid_at_all(entry, state).unwrap_or_else(|| if entry.content.left() < units { used_up(entry) } else { revised() })
}

fn used_up(entry: &Entry<Medicine>) -> Problem {
    let left = entry.content.left();
    let detail = match left {
        0 => "Nothing is left on this prescription. Ask the doctor for a new one.".to_owned(),
        1 => "Only 1 unit is left on this prescription. Ask for no more than that.".to_owned(),
        left => format!("Only {left} units are left on this prescription. Ask for no more than that."),
    };
    Problem::conflict("not_enough_prescribed", detail).with("left", left)
}

fn without_prescription(medicine: &StockedMedicine, units: u32) -> Result<(), Problem> {
    if !medicine.over_the_counter {
        let detail = "This medicine needs a prescription. Send the `prescription_id` of one of the patient's.";
        return Err(Problem::conflict("prescription_needed", detail));
    }
    if units > MOST_OVER_THE_COUNTER {
        let detail = format!("Without a prescription, ask for at most {MOST_OVER_THE_COUNTER} units.");
        return Err(Problem::invalid_field("units", "out_of_range", detail));
    }
    Ok(())
}

/// Nobody keeps a whole stock from others: so much waits at a time, of what needs no prescription.
async fn must_have_collected(state: &AppState, patient: PatientId) -> Result<(), Problem> {
    let latest = state.store.allocation_list(patient, None, LOOKED_AT).await?;
    let waits = |one: &&Allocation| one.status == AllocationStatus::Allocated && one.prescription_id.is_none();
    if latest.iter().filter(waits).count() < MOST_WAITING {
        return Ok(());
    }
    let detail = format!("{MOST_WAITING} medicines wait for you already. Collect or cancel one of them first.");
    Err(Problem::conflict("too_many_wait", detail).with("at_most", MOST_WAITING))
}

fn must_be_open(pharmacy: &Pharmacy, state: &AppState) -> Result<(), Problem> {
    let opening = pharmacy.listed.hours.at(state.clock.now(), &state.hospital.zone);
    if opening.open {
        return Ok(());
    }
    let Some(opens) = opening.until else {
        return Err(Problem::conflict("pharmacy_closed", "The pharmacy is closed, and has no opening hours. Choose another one."));
    };
    let detail = format!("The pharmacy is closed. It opens on {}.", state.hospital.instant_in_words(opens));
    Err(Problem::conflict("pharmacy_closed", detail).with("opens_at", state.hospital.instant(opens)))
}

/// Says what is available, and where else.
async fn short_of(state: &AppState, medicine: &StockedMedicine, short: Short) -> Result<Problem, Problem> {
    let others = elsewhere(state, medicine).await?;
    let mut detail = shortage_in_words(short.available, short.expired);
    detail += if others.is_empty() { " No other pharmacy has it." } else { " `others` names pharmacies that have it." };
    let problem = Problem::conflict("not_enough_stock", detail);
    Ok(problem.with("available", short.available).with("expired", short.expired).with("others", others))
}
