//! Who may do what with an emergency. Whoever needs to be on shift for it and is not gets 403.

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::{
    emergency::EmergencyCase,
    id::CaseId,
    patient::Patient,
    policy::{Relationship, Relationships},
    treating::AFTERWARDS,
    ward::Ward,
};
use http::{
    AppState, Path, Problem,
    auth::{AtWork, Caller},
};

/// A caller who may do this in the emergency department.
pub(crate) struct AtEmergency {
    pub(crate) caller: Caller,
}

impl FromRequestParts<AppState> for AtEmergency {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let at_work = state.at_work(&caller).await?;
        at_work.require(&caller, Some(Ward::Emergency), &Relationships::new(), state)?;
        Ok(Self { caller })
    }
}

/// The case in the path, for a caller who may do this with it.
pub(crate) struct OfCase {
    pub(crate) case: EmergencyCase,
    pub(crate) patient: Patient,
    pub(crate) caller: Caller,
}

impl FromRequestParts<AppState> for OfCase {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("emergency");
        let Path(id) = Path::<CaseId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let at_work = state.at_work(&caller).await?;
        // Whoever only a shift lets in is told so, whether or not there is such a case.
        at_work.require(&caller, Some(Ward::Emergency), &[Relationship::Treating].into(), state)?;
        let case = state.store.emergency_case(id).await?.ok_or_else(missing)?;
        let recent = case.closed.as_ref().is_none_or(|closed| state.clock.now().duration_since(closed.at) < AFTERWARDS);
        let treating = recent && case.seen.iter().any(|seen| Some(seen.doctor.id) == caller.doctor_id);
        let relationships: Relationships = treating.then_some(Relationship::Treating).into_iter().collect();
        // What ended long ago is no longer the business of those who are on shift.
        let at_work = if recent { at_work } else { AtWork::default() };
        if !at_work.may(&caller, Some(Ward::Emergency), &relationships) {
            return Err(missing());
        }
        let patient = state.store.patient(case.patient_id).await?.ok_or_else(missing)?;
        Ok(Self { case, patient, caller })
    }
}
