//! Who may do what on a ward, and with a patient in one of its beds. Whoever needs to be on shift for it and is not gets 403, which says when the
//! shift begins. Whoever may not know of the patient gets 404.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use domain::{
    admission::Admission,
    id::{AdmissionId, PatientId},
    patient::Patient,
    policy::{Relationship, Relationships},
    shifts::ShiftTime,
    ward::{EstablishedWard, Ward},
    ward_manager::ManagerShift,
};
use http::{
    AppState, Path, Problem,
    auth::{AtWork, Caller},
};
use store::trail;

/// The ward in the path, for a caller who may do this there.
pub(crate) struct OnWard {
    pub(crate) ward: EstablishedWard,
    pub(crate) caller: Caller,
}

impl FromRequestParts<AppState> for OnWard {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let Path(ward) = Path::<Ward>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found("ward"))?;
        may_on(state, &caller, ward).await?;
        let ward = state.store.ward(ward).await?.ok_or_else(|| Problem::not_found("ward"))?;
        Ok(Self { ward, caller })
    }
}

/// Refuses a caller who may not do this on a ward.
pub(crate) async fn may_on(state: &AppState, caller: &Caller, ward: Ward) -> Result<(), Problem> {
    let at_work = state.at_work(caller).await?;
    if caller.may(&at_work.relationships(Some(ward))) { Ok(()) } else { Err(at_work.refusal(state)) }
}

/// Who manages the shift in the path, for a caller who may do this with it. Any other caller gets 404, as if nobody managed it.
pub(crate) struct OfManager {
    pub(crate) shift: ManagerShift,
}

impl FromRequestParts<AppState> for OfManager {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("manager of this shift");
        let Path(ward) = Path::<Ward>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let Path(time) = Path::<ShiftTime>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let shift = state.store.ward_manager(ward, time).await?.ok_or_else(missing)?;
        let own = (shift.user_id == caller.user_id).then_some(Relationship::Own);
        if caller.may(&own.into_iter().collect()) { Ok(Self { shift }) } else { Err(missing()) }
    }
}

/// The patient in the path, for a caller who may do this with them on some ward.
pub(crate) struct OfPatient {
    pub(crate) patient: Patient,
    pub(crate) caller: Caller,
    at_work: AtWork,
    relationships: Relationships,
}

impl FromRequestParts<AppState> for OfPatient {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("patient");
        let Path(id) = Path::<PatientId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let at_work = state.at_work(&caller).await?;
        let somewhere = at_work.wards().next();
        // Whoever only a shift lets in is told so, whether or not there is such a patient.
        let any_other = [Relationship::Own, Relationship::Guardian, Relationship::Treating];
        if !caller.may(&at_work.relationships(somewhere).into_iter().chain(any_other).collect()) {
            return Err(at_work.refusal(state));
        }
        let patient = state.store.patient(id).await?.ok_or_else(missing)?;
        let relationships = state.relationships(&caller, &patient).await?;
        let access = Self { patient, caller, at_work, relationships };
        if !access.may_on(somewhere) {
            return Err(missing());
        }
        if access.relationships.contains(&Relationship::Guardian) {
            trail::detail("as guardian".to_owned());
        }
        Ok(access)
    }
}

impl OfPatient {
    fn may_on(&self, ward: Option<Ward>) -> bool {
        self.caller.may(&self.at_work.relationships(ward).into_iter().chain(self.relationships.iter().copied()).collect())
    }

    /// Refuses a caller who may not do this on a ward.
    pub(crate) fn on(&self, ward: Ward, state: &AppState) -> Result<(), Problem> {
        if self.may_on(Some(ward)) { Ok(()) } else { Err(self.at_work.refusal(state)) }
    }

    /// Refuses a caller who may not do this on a ward, nor where the patient lies now. Returns where that is.
    pub(crate) async fn on_or_where_they_lie(&self, ward: Ward, state: &AppState) -> Result<Option<Ward>, Problem> {
        let admission = state.store.current_admission(self.patient.id).await?;
        let there = admission.and_then(|admission| admission.place()).map(|(there, _)| there);
        if there.is_some() && self.may_on(there) {
            return Ok(there);
        }
        self.on(ward, state).map(|()| there)
    }
}

/// The admission in the path, for a caller who may do this with it.
pub(crate) struct OfAdmission {
    pub(crate) admission: Admission,
    pub(crate) patient: Patient,
    pub(crate) caller: Caller,
    of: (AtWork, Relationships),
}

impl FromRequestParts<AppState> for OfAdmission {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let missing = || Problem::not_found("admission");
        let access = OfPatient::from_request_parts(parts, state).await;
        // Whatever is missing, the answer is the same.
        let access = access.map_err(|refused| if refused.status == StatusCode::NOT_FOUND { missing() } else { refused })?;
        let Path(id) = Path::<AdmissionId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let admission = state.store.admission(access.patient.id, id).await?.ok_or_else(missing)?;
        let ward = admission.place().map(|(ward, _)| ward);
        if !access.may_on(ward) {
            return Err(missing());
        }
        Ok(Self { admission, patient: access.patient, caller: access.caller, of: (access.at_work, access.relationships) })
    }
}

impl OfAdmission {
    /// Refuses a caller who may not do this on another ward.
    pub(crate) fn on(&self, ward: Ward, state: &AppState) -> Result<(), Problem> {
        let (at_work, relationships) = &self.of;
        let there = at_work.relationships(Some(ward)).into_iter().chain(relationships.iter().copied()).collect();
        if self.caller.may(&there) { Ok(()) } else { Err(at_work.refusal(state)) }
    }
}
