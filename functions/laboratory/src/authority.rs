//! Who may do what in a laboratory, and with an order of a patient. Everybody may know of a laboratory and of what it offers. Whoever may not know of
//! the patient gets 404.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use domain::{
    id::{LabOrderId, LaboratoryId, OfferedTestId, PatientId},
    lab_order::{LabOrder, LabOrderStep, Side, StepTaken},
    laboratory::{Laboratory, OfferedTest},
    patient::Patient,
    policy::{Relationship, Relationships},
    record::Author,
    role::Role,
    text::{PersonName, Reason},
    ward::Ward,
};
use http::{AppState, Path, Problem, auth::Caller};
use store::{StoreError, presence::Whereabouts, trail};

use crate::Laboratories;

/// The laboratory in the path, for a caller who may do this there.
pub(crate) struct InLaboratory {
    pub(crate) laboratory: Laboratory,
}

impl FromRequestParts<Laboratories> for InLaboratory {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Laboratories) -> Result<Self, Problem> {
        let missing = || Problem::not_found("laboratory");
        let id = may_in_laboratory(parts, state, missing).await?;
        Ok(Self { laboratory: state.base.store.laboratory(id).await?.ok_or_else(missing)? })
    }
}

/// The laboratory in the path, if the caller may do this there.
async fn may_in_laboratory(parts: &mut Parts, state: &Laboratories, missing: impl Fn() -> Problem) -> Result<LaboratoryId, Problem> {
    let caller = Caller::from_request_parts(parts, state).await?;
    let Path(laboratory) = Path::<LaboratoryId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
    if caller.may(&works_in(&state.base, &caller, laboratory).await?) {
        return Ok(laboratory);
    }
    Err(Problem::forbidden("Only those who work in this laboratory can do this."))
}

/// The caller's relationship to a laboratory. Not looked up where it makes no difference.
async fn works_in(state: &AppState, caller: &Caller, laboratory: LaboratoryId) -> Result<Relationships, StoreError> {
    if !caller.is_asked_for(Relationship::SameLaboratory) {
        return Ok(Relationships::new());
    }
    let works = state.store.works_in_laboratory(caller.user_id).await?.is_some_and(|works| works.laboratory_id == laboratory);
    Ok(works.then_some(Relationship::SameLaboratory).into_iter().collect())
}

/// The test in the path, for a caller who may do this in its laboratory.
pub(crate) struct OfTest {
    pub(crate) test: OfferedTest,
}

impl FromRequestParts<Laboratories> for OfTest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Laboratories) -> Result<Self, Problem> {
        let missing = || Problem::not_found("test");
        let laboratory = may_in_laboratory(parts, state, missing).await?;
        let Path(id) = Path::<OfferedTestId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        Ok(Self { test: state.base.store.offered_test(laboratory, id).await?.ok_or_else(missing)? })
    }
}

/// The patient in the path, for a caller who may order a lab test for them.
pub(crate) struct ForPatient {
    pub(crate) patient: Patient,
    pub(crate) caller: Caller,
    /// On which side they order.
    pub(crate) side: Side,
    /// The only laboratory from which the caller may order, if they order on its side.
    pub(crate) only_in: Option<LaboratoryId>,
    /// Where the patient is in the hospital at this moment.
    pub(crate) here: Option<Here>,
}

/// Where a patient is in the hospital.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Here {
    pub(crate) at: Whereabouts,
    ward: Option<Ward>,
}

impl Here {
    async fn of(patient: PatientId, state: &AppState) -> Result<Option<Self>, StoreError> {
        let Some(at) = state.store.presence(patient).await? else { return Ok(None) };
        let ward = match at {
            Whereabouts::Emergency(_) => Some(Ward::Emergency),
            Whereabouts::Bed(id) => state.store.admission(patient, id).await?.and_then(|admission| admission.place()).map(|(ward, _)| ward),
        };
        Ok(Some(Self { at, ward }))
    }
}

impl FromRequestParts<Laboratories> for ForPatient {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Laboratories) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("patient");
        let Path(id) = Path::<PatientId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let state = AppState::from_ref(state);
        let patient = state.store.patient(id).await?.ok_or_else(missing)?;
        let mut relationships = state.relationships(&caller, &patient).await?;
        let here = Here::of(id, &state).await?;
        let (at_work, ward) = (state.at_work(&caller).await?, here.and_then(|here| here.ward));
        let without_laboratory = at_work.may(&caller, ward, &relationships);
        let works =
            if caller.is_asked_for(Relationship::SameLaboratory) { state.store.works_in_laboratory(caller.user_id).await? } else { None };
        relationships.extend(works.is_some().then_some(Relationship::SameLaboratory));
        if !at_work.may(&caller, ward, &relationships) {
            return Err(missing());
        }
        note_guardian(&relationships);
        let only_in = works.map(|works| works.laboratory_id).filter(|_| !without_laboratory);
        let side = if acts_for_patient(&relationships) {
            Side::Patient
        } else if only_in.is_some() {
            Side::Laboratory
        } else {
            Side::Clinician
        };
        Ok(Self { patient, caller, side, only_in, here })
    }
}

fn acts_for_patient(relationships: &Relationships) -> bool {
    relationships.contains(&Relationship::Own) || relationships.contains(&Relationship::Guardian)
}

fn note_guardian(relationships: &Relationships) {
    if relationships.contains(&Relationship::Guardian) {
        trail::detail("as guardian".to_owned());
    }
}

/// The order in the path, for a caller who may do this with it: the patient and whoever acts for or treats them, and those who work in the
/// laboratory.
pub(crate) struct OfOrder {
    pub(crate) order: LabOrder,
    pub(crate) patient: Patient,
    pub(crate) caller: Caller,
    /// On which side of the order they are.
    pub(crate) side: Side,
}

impl FromRequestParts<Laboratories> for OfOrder {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Laboratories) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("order");
        let Path(patient) = Path::<PatientId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let Path(id) = Path::<LabOrderId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let state = AppState::from_ref(state);
        let order = state.store.lab_order(patient, id).await?.ok_or_else(missing)?;
        let patient = state.store.patient(patient).await?.ok_or_else(missing)?;
        let mut relationships = state.relationships(&caller, &patient).await?;
        if !relationships.contains(&Relationship::Treating) && looks_at_result(&order, &caller, &state).await? {
            relationships.insert(Relationship::Treating);
        }
        let here = if caller.is_asked_for(Relationship::SameWard) { Here::of(patient.id, &state).await? } else { None };
        let (at_work, ward) = (state.at_work(&caller).await?, here.and_then(|here| here.ward));
        let works = works_in(&state, &caller, order.laboratory_id).await?;
        // Nobody works on their own specimen, or on that of somebody for whom they act.
        let own = acts_for_patient(&relationships);
        if !own {
            relationships.extend(works.iter().copied());
        }
        if !at_work.may(&caller, ward, &relationships) {
            let detail = "Somebody else has to do this: the order is yours, or that of somebody for whom you act.";
            return Err(if own && !works.is_empty() { Problem::forbidden(detail) } else { missing() });
        }
        note_guardian(&relationships);
        // Somebody's own order is never an order of theirs as staff: they see what every patient sees.
        let side = if acts_for_patient(&relationships) {
            Side::Patient
        } else if relationships.contains(&Relationship::SameLaboratory) {
            Side::Laboratory
        } else {
            Side::Clinician
        };
        Ok(Self { order, patient, caller, side })
    }
}

/// Whether a doctor looks at the result of an order, whoever treats the patient: it was ordered by them, or it is critical and they are on duty.
async fn looks_at_result(order: &LabOrder, caller: &Caller, state: &AppState) -> Result<bool, StoreError> {
    if caller.doctor_id.is_none() || !caller.is_asked_for(Relationship::Treating) {
        return Ok(false);
    }
    if caller.doctor_id == Some(order.doctor_id) {
        return Ok(true);
    }
    if order.result_id.is_none() || state.store.critical_result(order.listed.patient_id, order.listed.id).await?.is_none() {
        return Ok(false);
    }
    let duties = state.store.duties_now(caller.user_id, state.clock.now(), &state.hospital.zone).await?;
    Ok(duties.iter().any(|duty| duty.role == Role::Doctor))
}

impl OfOrder {
    /// Who acts now.
    pub(crate) fn author(&self, state: &AppState) -> Author {
        author(&self.caller, state)
    }

    /// A step that the caller takes now.
    pub(crate) fn step(&self, step: LabOrderStep, reason: Option<Reason>, state: &AppState) -> StepTaken {
        StepTaken::by(step, &self.author(state), self.side, reason)
    }

    /// Refuses a step that was chosen from another version of the order.
    pub(crate) fn must_be(&self, version: u64) -> Result<(), Problem> {
        if self.order.version == version { Ok(()) } else { Err(Problem::stale()) }
    }
}

pub(crate) fn author(caller: &Caller, state: &AppState) -> Author {
    Author { at: state.clock.now(), by: caller.user_id, name: caller.name.clone().unwrap_or_else(PersonName::new_patient) }
}
