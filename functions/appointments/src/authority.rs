//! Who may do what with an appointment. The extractor loads the appointment and checks the policy. A caller whom the policy does not allow
//! gets 404, as for an appointment that does not exist.

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::{
    appointment::{Appointment, CancelledBy},
    id::{AppointmentId, PatientId, UserId},
    patient::Patient,
    policy::Relationship,
    treating::treats,
};
use http::{AppState, Fields, Path, Problem, auth::Caller};
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
        let guardian = !own && state.acts_as_guardian(&caller, appointment.patient_id).await?;
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

/// The patient whom a request names. Patients who act for themselves name nobody.
pub(crate) fn named_patient(fields: &mut Fields, named: Option<String>, caller: &Caller) -> Result<Option<PatientId>, Problem> {
    Ok(match (named, caller.patient_id) {
        (Some(text), _) => {
            let named = fields.check("patient_id", text.parse::<PatientId>());
            named.into_iter().for_each(trail::patient);
            named
        }
        (None, Some(own)) => Some(own),
        (None, None) if caller.may_without_relationship() => fields.required("patient_id", None::<String>, |text| text.parse()),
        (None, None) => return Err(Problem::forbidden("Only patients and the front desk can do this.")),
    })
}

/// The patient for whom the caller books: themselves, a child, or at the front desk anybody.
pub(crate) async fn booked_for(state: &AppState, caller: &Caller, id: PatientId) -> Result<Patient, Problem> {
    trail::patient(id);
    let found = state.store.patient(id).await?;
    if caller.patient_id != Some(id) && !caller.may_without_relationship() {
        if !found.as_ref().is_some_and(|patient| state.is_guardian(caller, patient)) {
            return Err(Problem::forbidden("You can book for yourself, and for a child whose guardian you are."));
        }
        trail::detail("as guardian".to_owned());
    }
    found.ok_or_else(|| Problem::invalid_field("patient_id", "unknown", "There is nobody with this id."))
}
