//! `POST /doctors/{id}/exceptions/{exception_id}/cancel`: take a blocked time or an extra session back.

use axum::extract::State;
use domain::{
    availability::Exception,
    id::{DoctorId, ExceptionId},
};
use http::{AppState, IfMatch, NoBody, Path, Problem, Versioned, auth::Caller, refusals};
use store::trail;

use super::{DoctorAccess, ExceptionView, not_written, view};

refusals! {
    pub(crate) NotCancelled {
        409 "already_cancelled",
        409 "day_changed",
    }
}

/// Take a blocked time or an extra session back
///
/// A blocked time can be booked again at once. Appointments in an extra session are marked with `needs_new_time`.
#[utoipa::path(post, path = "/doctors/{id}/exceptions/{exception_id}/cancel", tag = "doctors", operation_id = "cancel_doctor_exception",
    params(("id" = DoctorId, Path), ("exception_id" = ExceptionId, Path), IfMatch),
    responses((status = 200, body = Versioned<ExceptionView>), NotCancelled))]
pub(crate) async fn cancel(
    State(state): State<AppState>,
    _: Caller,
    DoctorAccess(doctor): DoctorAccess,
    Path(id): Path<ExceptionId>,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<ExceptionView>, Problem> {
    let before = state.store.doctor_exception(doctor.id, id).await?.ok_or_else(|| Problem::not_found("exception"))?;
    if_match.check(before.version)?;
    if before.cancelled {
        return Err(Problem::conflict("already_cancelled", "This was taken back already."));
    }
    trail::account(doctor.user_id);
    let zone = &state.hospital.zone;
    let day = state.store.doctor_day(doctor.id, before.slot.day(zone)).await?;
    let after = Exception { cancelled: true, version: before.version + 1, ..before.clone() };
    state.store.doctor_exception_cancel(&before, &after, day.plan, zone).await.map_err(not_written)?;
    Ok(Versioned { version: after.version, body: view(after, &state.hospital) })
}
