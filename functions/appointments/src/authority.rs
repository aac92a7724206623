//! Who may do what with an appointment. The extractor loads the appointment and checks the policy. A caller whom the policy does not allow
//! gets 404, as for an appointment that does not exist.

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::{
    appointment::{Appointment, CancelledBy},
    id::{AppointmentId, UserId},
    policy::Relationship,
    treating::treats,
};
use http::{AppState, Path, Problem, auth::Caller};
use store::trail;

/// The side of the appointment that the caller is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Patient,
    Doctor,
    FrontDesk,
}

impl From<Side> for CancelledBy {
    fn from(side: Side) -> Self {
        match side {
            Side::Patient => Self::Patient,
            Side::Doctor => Self::Doctor,
            Side::FrontDesk => Self::FrontDesk,
        }
    }
}

/// The appointment in the path, for a caller whom the policy allows to do this with it.
pub(crate) struct AppointmentAccess {
    pub(crate) appointment: Appointment,
    pub(crate) side: Side,
    pub(crate) user_id: UserId,
}

impl FromRequestParts<AppState> for AppointmentAccess {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("appointment");
        let Path(id) = Path::<AppointmentId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let appointment = state.store.appointment(id).await?.ok_or_else(missing)?;
        let own = caller.patient_id == Some(appointment.patient_id);
        // Also of one that was cancelled or missed, for as long as of one that was kept.
        let treating = caller.doctor_id == Some(appointment.doctor_id) && treats(appointment.slot, state.clock.now());
        let mut guardian = false;
        if !own && caller.patient_id.is_some() && caller.is_asked_for(Relationship::Guardian) {
            let patient = state.store.patient(appointment.patient_id).await?;
            guardian = patient.is_some_and(|patient| state.is_guardian(&caller, &patient));
        }
        if guardian {
            trail::detail("as guardian".to_owned());
        }
        let relationships =
            [own.then_some(Relationship::Own), guardian.then_some(Relationship::Guardian), treating.then_some(Relationship::Treating)];
        if !caller.may(&relationships.into_iter().flatten().collect()) {
            return Err(missing());
        }
        let side = match (own || guardian, treating) {
            (true, _) => Side::Patient,
            (_, true) => Side::Doctor,
            _ => Side::FrontDesk,
        };
        Ok(Self { appointment, side, user_id: caller.user_id })
    }
}
