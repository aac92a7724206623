//! Checks whether the caller may do this with the patient in the path.

use std::collections::BTreeSet;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use domain::{
    id::PatientId,
    patient::Patient,
    policy::{Relationship, Relationships},
    role::Role,
};
use store::{StoreError, trail};

use super::Caller;
use crate::{Path, Problem, state::AppState};

/// The patient in `/patients/{patient_id}/…`, for a caller whom the policy allows to do this. Any other caller gets 404, as for a patient
/// who does not exist. Loading the patient puts them on the request's trail.
#[derive(Clone, Debug)]
pub struct PatientAccess {
    pub patient: Patient,
    pub caller: Caller,
    /// The caller's relationships to the patient, as far as they make a difference.
    pub relationships: Relationships,
    /// The roles in which the caller is on shift, as far as they make a difference. A shift in another role is none.
    pub on_shift_as: BTreeSet<Role>,
}

impl<S> FromRequestParts<S> for PatientAccess
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("patient");
        let Path(id) = Path::<PatientId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let state = AppState::from_ref(state);
        let patient = state.store.patient(id).await?.ok_or_else(missing)?;
        let mut relationships = state.relationships(&caller, &patient).await?;
        let on_shift_as = state.at_work(&caller).await?.roles();
        if !on_shift_as.is_empty() {
            relationships.insert(Relationship::OnShift);
        }
        if !caller.may(&relationships) {
            return Err(missing());
        }
        if relationships.contains(&Relationship::Guardian) {
            trail::detail("as guardian".to_owned());
        }
        Ok(Self { patient, caller, relationships, on_shift_as })
    }
}

impl PatientAccess {
    /// Whether the caller is the patient, or acts for the patient.
    #[must_use]
    pub fn is_patient(&self) -> bool {
        self.relationships.contains(&Relationship::Own) || self.relationships.contains(&Relationship::Guardian)
    }
}

impl AppState {
    /// Whether the caller acts for the patient, who is a child.
    #[must_use]
    pub fn is_guardian(&self, caller: &Caller, patient: &Patient) -> bool {
        let today = self.today();
        caller.patient_id.is_some_and(|own| patient.has_guardian(own, today))
    }

    /// Whether the caller acts as guardian for a patient. It goes into the audit log. Not looked up where it makes no difference.
    pub async fn acts_as_guardian(&self, caller: &Caller, patient: PatientId) -> Result<bool, StoreError> {
        if caller.patient_id.is_none() || !caller.is_asked_for(Relationship::Guardian) {
            return Ok(false);
        }
        let guardian = self.store.patient(patient).await?.is_some_and(|patient| self.is_guardian(caller, &patient));
        if guardian {
            trail::detail("as guardian".to_owned());
        }
        Ok(guardian)
    }

    /// A caller's relationships to a patient. A relationship that makes no difference is not looked up.
    pub async fn relationships(&self, caller: &Caller, patient: &Patient) -> Result<Relationships, StoreError> {
        let mut relationships = Relationships::new();
        if caller.patient_id == Some(patient.id) {
            relationships.insert(Relationship::Own);
        }
        if self.is_guardian(caller, patient) {
            relationships.insert(Relationship::Guardian);
        }
        if let Some(doctor) = caller.doctor_id.filter(|_| caller.is_asked_for(Relationship::Treating))
            && (self.store.patient_is_treated_by(doctor, patient.id, self.clock.now(), &self.hospital.zone).await?
                || self.works_where_they_lie(caller, patient.id).await?)
        {
            relationships.insert(Relationship::Treating);
        }
        Ok(relationships)
    }

    /// Whether a doctor is on shift on the ward where a patient lies: then they treat the patient, whoever is responsible.
    async fn works_where_they_lie(&self, caller: &Caller, patient: PatientId) -> Result<bool, StoreError> {
        let Some(admission) = self.store.current_admission(patient).await? else { return Ok(false) };
        let ward = admission.place().map(|(ward, _)| ward);
        let duties = self.store.duties_now(caller.user_id, self.clock.now(), &self.hospital.zone).await?;
        Ok(duties.iter().any(|duty| duty.role == Role::Doctor && duty.ward.is_some() && duty.ward == ward))
    }
}
