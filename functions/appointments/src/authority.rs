//! Who may touch a visit. Each extractor both proves and loads; for anybody else the visit does not exist.

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::{
    appointment::{Appointment, CancelledBy},
    id::AppointmentId,
};
use shared::{
    State,
    auth::Caller,
    http::{Path, Problem},
};

/// On which side of the visit the caller stands.
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

/// The visit in the path, for its patient, its doctor and the front desk.
pub(crate) struct Visit {
    pub(crate) appointment: Appointment,
    pub(crate) side: Side,
}

impl FromRequestParts<State> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("appointment");
        let Path(id) = Path::<AppointmentId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let appointment = state.store.appointment(id).await?.ok_or_else(missing)?;
        let side = if caller.patient_id == Some(appointment.patient_id) {
            Side::Patient
        } else if caller.doctor_id == Some(appointment.doctor_id) {
            Side::Doctor
        } else if caller.is_front_desk() {
            Side::FrontDesk
        } else {
            return Err(missing());
        };
        Ok(Self { appointment, side })
    }
}

/// The visit in the path, for its doctor and the front desk.
pub(crate) struct VisitAsStaff(pub(crate) Appointment);

impl FromRequestParts<State> for VisitAsStaff {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let visit = Visit::from_request_parts(parts, state).await?;
        match visit.side {
            Side::Doctor | Side::FrontDesk => Ok(Self(visit.appointment)),
            Side::Patient => Err(Problem::forbidden("The doctor or the front desk notes this.")),
        }
    }
}

/// The visit in the path, for its doctor.
pub(crate) struct VisitAsDoctor(pub(crate) Appointment);

impl FromRequestParts<State> for VisitAsDoctor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let visit = Visit::from_request_parts(parts, state).await?;
        match visit.side {
            Side::Doctor => Ok(Self(visit.appointment)),
            Side::Patient | Side::FrontDesk => Err(Problem::forbidden("Only the doctor of this visit can do that.")),
        }
    }
}
