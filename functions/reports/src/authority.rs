//! Who may see the figures of what.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use domain::{
    id::{DoctorId, LaboratoryId, PharmacyId},
    policy::Relationship,
    ward::Ward,
};
use http::{AppState, Path, Problem, auth::Caller};

/// The ward to which a ward manager is limited. `None` for administrators, who see all.
pub(crate) async fn managed_ward(state: &AppState, caller: &Caller) -> Result<Option<Ward>, Problem> {
    if caller.may_without_relationship() {
        return Ok(None);
    }
    let manages = state.store.manages(caller.user_id).await?;
    manages.map(|shift| Some(shift.ward)).ok_or_else(|| Problem::forbidden("You manage no ward. See `POST /wards/{ward}/managers`."))
}

/// The doctor in the path: the caller, or anybody for an administrator.
pub(crate) struct SeesDoctor(pub(crate) DoctorId);

impl<S> FromRequestParts<S> for SeesDoctor
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("doctor");
        let Path(id) = Path::<DoctorId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let own = (caller.doctor_id == Some(id)).then_some(Relationship::Own);
        if !caller.may(&own.into_iter().collect()) {
            return Err(Problem::forbidden("Doctors see their own figures only."));
        }
        AppState::from_ref(state).store.doctor(id).await?.map(|_| Self(id)).ok_or_else(missing)
    }
}

/// The ward in the path: the one that the caller manages, or any for an administrator.
pub(crate) struct SeesWard(pub(crate) Ward);

impl<S> FromRequestParts<S> for SeesWard
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("ward");
        let Path(ward) = Path::<Ward>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let state = AppState::from_ref(state);
        if managed_ward(&state, &caller).await?.is_some_and(|own| own != ward) {
            return Err(Problem::forbidden("Ward managers see the figures of the ward that they manage."));
        }
        state.store.ward(ward).await?.map(|_| Self(ward)).ok_or_else(missing)
    }
}

/// The laboratory in the path: the one in which the caller works, or any for an administrator.
pub(crate) struct SeesLaboratory(pub(crate) LaboratoryId);

impl<S> FromRequestParts<S> for SeesLaboratory
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("laboratory");
        let Path(id) = Path::<LaboratoryId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let state = AppState::from_ref(state);
        if !caller.may_without_relationship() {
            let works = state.store.works_in_laboratory(caller.user_id).await?;
            works.filter(|works| works.laboratory_id == id).ok_or_else(|| elsewhere("laboratory"))?;
        }
        state.store.laboratory(id).await?.map(|_| Self(id)).ok_or_else(missing)
    }
}

/// The pharmacy in the path: the one in which the caller works, or any for an administrator.
pub(crate) struct SeesPharmacy(pub(crate) PharmacyId);

impl<S> FromRequestParts<S> for SeesPharmacy
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("pharmacy");
        let Path(id) = Path::<PharmacyId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let state = AppState::from_ref(state);
        if !caller.may_without_relationship() {
            let works = state.store.works_in_pharmacy(caller.user_id).await?;
            works.filter(|works| works.pharmacy_id == id).ok_or_else(|| elsewhere("pharmacy"))?;
        }
        state.store.pharmacy(id).await?.map(|_| Self(id)).ok_or_else(missing)
    }
}

fn elsewhere(place: &str) -> Problem {
    Problem::forbidden(format!("Only those who work in this {place} see its figures."))
}
