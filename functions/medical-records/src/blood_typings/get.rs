//! `GET /patients/{patient_id}/blood-typings/{id}`: one of them, as it is now.

use axum::extract::State;
use domain::id::{BloodTypingId, PatientId};
use http::{AppState, Path, Problem, Versioned, auth::PatientAccess};

use super::{BloodTyping, BloodTypingView};
use crate::entries;

/// Read a blood typing
#[utoipa::path(get, path = "/patients/{patient_id}/blood-typings/{id}", tag = "medical record", operation_id = "get_blood_typing",
    params(("patient_id" = PatientId, Path), ("id" = BloodTypingId, Path)), responses((status = 200, body = Versioned<BloodTypingView>)))]
pub(crate) async fn get(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<BloodTypingId>,
) -> Result<Versioned<BloodTypingView>, Problem> {
    Ok(entries::shown(entries::load::<BloodTyping>(&state, &access, id).await?, &state))
}
