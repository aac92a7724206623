//! `GET /patients/{patient_id}/images/{id}`: one of them, as it is now.

use axum::extract::State;
use domain::id::{ImageId, PatientId};
use http::{AppState, Path, Problem, Versioned, auth::PatientAccess};

use super::{Image, ImageView};
use crate::entries;

/// Read what is known of an image
#[utoipa::path(get, path = "/patients/{patient_id}/images/{id}", tag = "medical record", operation_id = "get_image",
    params(("patient_id" = PatientId, Path), ("id" = ImageId, Path)), responses((status = 200, body = Versioned<ImageView>)))]
pub(crate) async fn get(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<ImageId>,
) -> Result<Versioned<ImageView>, Problem> {
    Ok(entries::shown(entries::load::<Image>(&state, &access, id).await?, &state))
}
