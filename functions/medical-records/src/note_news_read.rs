//! `POST /patients/{patient_id}/dashboard/read`: the patient has read what is new.

use axum::extract::State;
use domain::{Invalid, id::PatientId};
use http::{AppState, Fields, Json, Problem, auth::PatientAccess};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    dashboard::NoticeView,
    refused::{Busy, not_written},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoteNewsReadRequest {
    /// The id of the entry that was read about. When left out: everything was read.
    #[schema(max_length = 40)]
    about: Option<String>,
}

/// What is not read yet.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Unread {
    patient_id: PatientId,
    unread: Vec<NoticeView>,
}

/// Note that news was read
#[utoipa::path(post, path = "/patients/{patient_id}/dashboard/read", tag = "medical record", operation_id = "note_news_read",
    request_body = NoteNewsReadRequest, params(("patient_id" = PatientId, Path)), responses((status = 200, body = Unread), Busy))]
pub(crate) async fn note_news_read(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(request): Json<NoteNewsReadRequest>,
) -> Result<Json<Unread>, Problem> {
    let fits =
        |text: String| if text.chars().count() <= 40 { Ok(text) } else { Err(Invalid::new("too_long", "Use at most 40 characters.")) };
    let mut fields = Fields::default();
    let Some(about) = fields.optional("about", request.about, fits) else { return Err(fields.problem()) };
    let summary = state.store.record_read(access.patient.id, about.as_deref()).await.map_err(not_written)?;
    let unread = summary.unread.iter().map(|notice| NoticeView::of(notice, &state)).collect();
    Ok(Json(Unread { patient_id: access.patient.id, unread }))
}
