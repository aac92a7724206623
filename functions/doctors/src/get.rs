//! `GET /doctors/{id}`: one doctor.

use axum::extract::State;
use domain::id::DoctorId;
use http::{AppState, DoctorView, Path, Problem, Versioned, auth::Caller};

/// Read a doctor's profile
#[utoipa::path(get, path = "/doctors/{id}", tag = "doctors", operation_id = "get_doctor", params(("id" = DoctorId, Path)),
    responses((status = 200, body = Versioned<DoctorView>)))]
pub(crate) async fn get(State(state): State<AppState>, _: Caller, Path(id): Path<DoctorId>) -> Result<Versioned<DoctorView>, Problem> {
    let doctor = state.store.doctor(id).await?.ok_or_else(|| Problem::not_found("doctor"))?;
    Ok(Versioned { version: doctor.version, body: DoctorView::of(doctor, state.today(), &state.hospital) })
}
