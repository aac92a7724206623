//! Who may do what in a pharmacy, and with what it sets aside for a patient. Everybody may know of a pharmacy and of what it keeps. Whoever may
//! not know of the patient gets 404.

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::{
    allocation::Allocation,
    id::{AllocationId, LotId, PatientId, PharmacyId, StockedMedicineId},
    patient::Patient,
    pharmacy::{Pharmacy, ReceivedLot, StockedMedicine},
    policy::{Relationship, Relationships},
};
use http::{AppState, Path, Problem, auth::Caller};
use store::{StoreError, trail};

/// The pharmacy in the path, for a caller who may do this there.
pub(crate) struct InPharmacy {
    pub(crate) pharmacy: Pharmacy,
}

impl FromRequestParts<AppState> for InPharmacy {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let missing = || Problem::not_found("pharmacy");
        let (_, id) = may_in_pharmacy(parts, state, missing).await?;
        Ok(Self { pharmacy: state.store.pharmacy(id).await?.ok_or_else(missing)? })
    }
}

/// The caller and the pharmacy in the path, if they may do this there.
async fn may_in_pharmacy(parts: &mut Parts, state: &AppState, missing: impl Fn() -> Problem) -> Result<(Caller, PharmacyId), Problem> {
    let caller = Caller::from_request_parts(parts, state).await?;
    let Path(pharmacy) = Path::<PharmacyId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
    if caller.may(&works_in(state, &caller, pharmacy).await?) {
        return Ok((caller, pharmacy));
    }
    Err(Problem::forbidden("Only those who work in this pharmacy can do this."))
}

/// The caller's relationship to a pharmacy. Not looked up where it makes no difference.
async fn works_in(state: &AppState, caller: &Caller, pharmacy: PharmacyId) -> Result<Relationships, StoreError> {
    if !caller.is_asked_for(Relationship::SamePharmacy) {
        return Ok(Relationships::new());
    }
    let works = state.store.works_in_pharmacy(caller.user_id).await?.is_some_and(|works| works.pharmacy_id == pharmacy);
    Ok(works.then_some(Relationship::SamePharmacy).into_iter().collect())
}

/// The medicine in the path, for a caller who may do this in its pharmacy.
pub(crate) struct OfMedicine {
    pub(crate) medicine: StockedMedicine,
    pub(crate) caller: Caller,
}

impl FromRequestParts<AppState> for OfMedicine {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let missing = || Problem::not_found("medicine");
        let (caller, pharmacy) = may_in_pharmacy(parts, state, missing).await?;
        let Path(id) = Path::<StockedMedicineId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let medicine = state.store.stocked_medicine(id).await?.filter(|medicine| medicine.pharmacy_id == pharmacy);
        Ok(Self { medicine: medicine.ok_or_else(missing)?, caller })
    }
}

/// The lot in the path, for a caller who may do this in its pharmacy.
pub(crate) struct OfLot {
    pub(crate) lot: ReceivedLot,
    pub(crate) medicine: StockedMedicine,
    pub(crate) caller: Caller,
}

impl FromRequestParts<AppState> for OfLot {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let OfMedicine { medicine, caller } = OfMedicine::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("lot");
        let Path(id) = Path::<LotId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        Ok(Self { lot: state.store.lot(medicine.id, id).await?.ok_or_else(missing)?, medicine, caller })
    }
}

/// The patient in the path, for a caller who may ask for a medicine for them.
pub(crate) struct ForPatient {
    pub(crate) patient: Patient,
    /// The only pharmacy in which the caller may ask, if they work in one and do not act for the patient.
    pub(crate) only_in: Option<PharmacyId>,
}

impl FromRequestParts<AppState> for ForPatient {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("patient");
        let Path(id) = Path::<PatientId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let patient = state.store.patient(id).await?.ok_or_else(missing)?;
        let mut relationships = state.relationships(&caller, &patient).await?;
        let acts = acts_for_patient(&relationships);
        let works =
            if caller.is_asked_for(Relationship::SamePharmacy) { state.store.works_in_pharmacy(caller.user_id).await? } else { None };
        relationships.extend(works.is_some().then_some(Relationship::SamePharmacy));
        if !caller.may(&relationships) {
            return Err(missing());
        }
        if relationships.contains(&Relationship::Guardian) {
            trail::detail("as guardian".to_owned());
        }
        Ok(Self { patient, only_in: works.map(|works| works.pharmacy_id).filter(|_| !acts) })
    }
}

fn acts_for_patient(relationships: &Relationships) -> bool {
    relationships.contains(&Relationship::Own) || relationships.contains(&Relationship::Guardian)
}

/// The allocation in the path, for a caller who may do this with it: the patient and whoever acts for or treats them, and those who work in the
/// pharmacy.
pub(crate) struct OfAllocation {
    pub(crate) allocation: Allocation,
    pub(crate) caller: Caller,
    pub(crate) patient: Patient,
    /// Whether they act for the pharmacy, and not for the patient.
    pub(crate) by_pharmacy: bool,
}

impl FromRequestParts<AppState> for OfAllocation {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("allocation");
        let Path(patient) = Path::<PatientId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let Path(id) = Path::<AllocationId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let allocation = state.store.allocation(patient, id).await?.ok_or_else(missing)?;
        let patient = state.store.patient(patient).await?.ok_or_else(missing)?;
        let mut relationships = state.relationships(&caller, &patient).await?;
        relationships.extend(works_in(state, &caller, allocation.pharmacy_id).await?);
        if !state.at_work(&caller).await?.may(&caller, None, &relationships) {
            return Err(missing());
        }
        if relationships.contains(&Relationship::Guardian) {
            trail::detail("as guardian".to_owned());
        }
        let by_pharmacy = relationships.contains(&Relationship::SamePharmacy) && !acts_for_patient(&relationships);
        Ok(Self { allocation, caller, patient, by_pharmacy })
    }
}
