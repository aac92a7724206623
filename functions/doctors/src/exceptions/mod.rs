//! Times at which a doctor's day is not as their hours say: blocked times and extra sessions.

pub(crate) mod add;
pub(crate) mod cancel;
pub(crate) mod list;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use domain::{
    availability::{Exception, ExceptionKind},
    doctor::Doctor,
    id::{DoctorId, ExceptionId},
    instant::Instant,
    policy::Relationship,
    schedule::Slot,
    text::Reason,
};
use http::{AppState, Path, Problem, auth::Caller};
use platform::config::Hospital;
use serde::Serialize;
use store::doctor_days::ExceptionError;
use utoipa::ToSchema;

/// A time at which a doctor's day is not as their hours say.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExceptionView {
    id: ExceptionId,
    doctor_id: DoctorId,
    kind: ExceptionKind,
    starts_at: Instant,
    ends_at: Instant,
    /// Why. Patients do not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// Whether it was taken back.
    cancelled: bool,
}

fn view(exception: Exception, hospital: &Hospital) -> ExceptionView {
    let Slot { start, end } = exception.slot;
    ExceptionView {
        id: exception.id,
        doctor_id: exception.doctor_id,
        kind: exception.what,
        starts_at: hospital.instant(start),
        ends_at: hospital.instant(end),
        reason: exception.reason,
        cancelled: exception.cancelled,
    }
}

/// The doctor in the path, for the doctor and for the front desk. Everybody else gets 404, as for a doctor who does not exist.
pub(crate) struct DoctorAccess(pub Doctor);

impl<S> FromRequestParts<S> for DoctorAccess
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("doctor");
        let Path(id) = Path::<DoctorId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let doctor = AppState::from_ref(state).store.doctor(id).await?.ok_or_else(missing)?;
        let own = (caller.doctor_id == Some(doctor.id)).then_some(Relationship::Own);
        if caller.may(&own.into_iter().collect()) { Ok(Self(doctor)) } else { Err(missing()) }
    }
}

fn not_written(why: ExceptionError) -> Problem {
    match why {
        ExceptionError::TooMany => Problem::conflict(
            "too_many_exceptions",
            "This day has as many blocked times and extra sessions as it can have. Cancel one first.",
        ),
        ExceptionError::Stale => {
            Problem::conflict("day_changed", "The doctor's day has changed at this moment. Send the request again.").retry_after(1)
        }
        ExceptionError::Store(error) => error.into(),
    }
}
