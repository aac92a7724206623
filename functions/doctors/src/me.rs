//! `GET /doctors/me` and `PATCH /doctors/me`: the caller's own profile, and what administrators let them change of it.

use axum::extract::State;
use domain::{doctor::Doctor, id::DoctorId};
use http::{AppState, DoctorView, FieldError, IfMatch, Json, Problem, Versioned, auth::AsDoctor};

use crate::change::{ChangeDoctorRequest, NotWritten, write};

/// The caller's own profile.
async fn own(state: &AppState, id: DoctorId) -> Result<Doctor, Problem> {
    state.store.doctor(id).await?.ok_or_else(|| Problem::not_found("doctor"))
}

/// Read your own doctor's profile
#[utoipa::path(get, path = "/doctors/me", tag = "doctors", operation_id = "get_own_doctor",
    responses((status = 200, body = Versioned<DoctorView>)))]
pub(crate) async fn me(State(state): State<AppState>, AsDoctor(id): AsDoctor) -> Result<Versioned<DoctorView>, Problem> {
    let doctor = own(&state, id).await?;
    Ok(Versioned { version: doctor.version, body: DoctorView::of(doctor, state.today(), &state.hospital) })
}

/// Change your own doctor's profile
///
/// What `doctor_may_change` names, from today or from a later day on. An administrator changes everything else.
#[utoipa::path(patch, path = "/doctors/me", tag = "doctors", operation_id = "change_own_doctor", request_body = ChangeDoctorRequest,
    params(IfMatch), responses((status = 200, body = Versioned<DoctorView>), NotWritten))]
pub(crate) async fn change_me(
    State(state): State<AppState>,
    AsDoctor(id): AsDoctor,
    if_match: IfMatch,
    Json(request): Json<ChangeDoctorRequest>,
) -> Result<Versioned<DoctorView>, Problem> {
    let before = own(&state, id).await?;
    if_match.check(before.version)?;
    let beyond = request.beyond(&before.may_change);
    if !beyond.is_empty() {
        let detail = "Ask an administrator to change this.".to_owned();
        let error = |field: &str| FieldError { field: field.to_owned(), code: "administrators_only", detail: detail.clone() };
        return Err(Problem::invalid(beyond.into_iter().map(error).collect()));
    }
    write(&state, before, request).await
}
