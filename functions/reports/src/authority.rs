//! Who may see the figures of what. Whoever may not is told so before anybody looks whether it exists.

use domain::{
    id::{DoctorId, LaboratoryId, PharmacyId},
    policy::Relationship,
    ward::Ward,
};
use http::{AppState, Problem, auth::Caller};

/// The ward to which a ward manager is limited. `None` for administrators, who see all.
pub(crate) async fn managed_ward(state: &AppState, caller: &Caller) -> Result<Option<Ward>, Problem> {
    if caller.may_without_relationship() {
        return Ok(None);
    }
    let manages = state.store.manages(caller.user_id).await?;
    manages.map(|shift| Some(shift.ward)).ok_or_else(|| Problem::forbidden("You manage no ward. See `POST /wards/{ward}/managers`."))
}

/// A doctor sees their own figures, an administrator those of all.
pub(crate) async fn sees_doctor(state: &AppState, caller: &Caller, id: DoctorId) -> Result<(), Problem> {
    let own = (caller.doctor_id == Some(id)).then_some(Relationship::Own);
    if !caller.may(&own.into_iter().collect()) {
        return Err(Problem::forbidden("Doctors see their own figures only."));
    }
    state.store.doctor(id).await?.map(drop).ok_or_else(|| Problem::not_found("doctor"))
}

/// A ward manager sees the ward that they manage, an administrator all of them.
pub(crate) async fn sees_ward(state: &AppState, caller: &Caller, ward: Ward) -> Result<(), Problem> {
    if managed_ward(state, caller).await?.is_some_and(|own| own != ward) {
        return Err(Problem::forbidden("Ward managers see the figures of the ward that they manage."));
    }
    state.store.ward(ward).await?.map(drop).ok_or_else(|| Problem::not_found("ward"))
}

/// Whoever works in a laboratory sees its figures, an administrator those of all.
pub(crate) async fn sees_laboratory(state: &AppState, caller: &Caller, id: LaboratoryId) -> Result<(), Problem> {
    let works =
        async || Ok::<_, Problem>(state.store.works_in_laboratory(caller.user_id).await?.is_some_and(|seat| seat.laboratory_id == id));
    if !caller.may_without_relationship() && !works().await? {
        return Err(Problem::forbidden("Only those who work in this laboratory see its figures."));
    }
    state.store.laboratory(id).await?.map(drop).ok_or_else(|| Problem::not_found("laboratory"))
}

/// Whoever works in a pharmacy sees its figures, an administrator those of all.
pub(crate) async fn sees_pharmacy(state: &AppState, caller: &Caller, id: PharmacyId) -> Result<(), Problem> {
    let works = async || Ok::<_, Problem>(state.store.works_in_pharmacy(caller.user_id).await?.is_some_and(|seat| seat.pharmacy_id == id));
    if !caller.may_without_relationship() && !works().await? {
        return Err(Problem::forbidden("Only those who work in this pharmacy see its figures."));
    }
    state.store.pharmacy(id).await?.map(drop).ok_or_else(|| Problem::not_found("pharmacy"))
}
