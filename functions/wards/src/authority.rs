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
    treating::AFTERWARDS,
    ward::{EstablishedWard, Ward},
    ward_manager::ManagerShift,
};
use http::{
    AppState, Path, Problem,
    auth::{AtWork, Caller},
};
use store::{presence::Whereabouts, trail};

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
    state.at_work(caller).await?.require(caller, Some(ward), &Relationships::new(), state)
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
        let any_other = [Relationship::Own, Relationship::Guardian, Relationship::Treating].into();
        at_work.require(&caller, somewhere, &any_other, state)?;
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
        self.at_work.may(&self.caller, ward, &self.relationships)
    }

    /// Refuses a caller who may not do this on a ward.
    pub(crate) fn on(&self, ward: Ward, state: &AppState) -> Result<(), Problem> {
        self.at_work.require(&self.caller, Some(ward), &self.relationships, state)
    }

    /// Refuses a caller who may not do this on a ward, nor where the patient is now: in a bed, or in the emergency room. Returns the ward of the bed.
    pub(crate) async fn on_or_where_they_are(&self, ward: Ward, state: &AppState) -> Result<Option<Ward>, Problem> {
        let (there, lies_there) = match state.store.presence(self.patient.id).await? {
            Some(Whereabouts::Emergency(_)) => (Some(Ward::Emergency), None),
            Some(Whereabouts::Bed(id)) => {
                let admission = state.store.admission(self.patient.id, id).await?;
                let there = admission.and_then(|admission| admission.place()).map(|(there, _)| there);
                (there, there)
            }
            None => (None, None),
        };
        if there.is_some() && self.may_on(there) { Ok(lies_there) } else { self.on(ward, state).map(|()| lies_there) }
    }

    /// Whether the caller may do this with a stay, by the ward where the patient lies. For some time after its end, the ward counts as well.
    pub(crate) fn may_with(&self, admission: &Admission, state: &AppState) -> bool {
        let recent = admission.left.as_ref().is_none_or(|left| state.clock.now().duration_since(left.at) < AFTERWARDS);
        self.may_on(admission.place().map(|(ward, _)| ward).filter(|_| recent))
    }
}

/// The admission in the path, for a caller who may do this with it.
pub(crate) struct OfAdmission {
    pub(crate) admission: Admission,
    pub(crate) access: OfPatient,
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
        if access.may_with(&admission, state) { Ok(Self { admission, access }) } else { Err(missing()) }
    }
}
