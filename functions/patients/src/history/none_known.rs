//! `POST /patients/{patient_id}/history/none-known`: somebody asked, and there is none.

use axum::{extract::State, http::StatusCode};
use domain::{history::HistoryKind, id::PatientId};
use http::{AppState, Fields, Json, Problem, auth::PatientAccess, refusals};
use serde::Deserialize;
use store::history::HistoryError;
use utoipa::ToSchema;

use super::{ATTEMPTS, TryAgain, note, try_again};

refusals! {
    pub(crate) SomeKnown {
        409 "some_known",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoneKnownRequest {
    #[schema(value_type = HistoryKind)]
    kind: Option<String>,
}

/// How many entries are read at once.
const AT_ONCE: usize = 100;

/// Note that none is known
///
/// Such as "no known allergies": somebody asked, which is more than nobody having asked. Refused while there is an entry of the kind that is
/// not withdrawn.
#[utoipa::path(post, path = "/patients/{patient_id}/history/none-known", tag = "patients", operation_id = "note_none_known",
    request_body = NoneKnownRequest, params(("patient_id" = PatientId, Path)),
    responses((status = 204, description = "Noted"), SomeKnown, TryAgain))]
pub(crate) async fn none_known(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(request): Json<NoneKnownRequest>,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::default();
    let Some(kind) = fields.required("kind", request.kind, |text| HistoryKind::parse(&text)) else { return Err(fields.problem()) };
    for _ in 0..ATTEMPTS {
        // Read first: an entry that is added from here on changes its version.
        let asked = state.store.history_asked(access.patient.id).await?;
        if has_some(&state, access.patient.id, kind).await? {
            return Err(Problem::conflict("some_known", "The history has an entry of this kind. Withdraw it first if it is wrong."));
        }
        match state.store.history_none_known(kind, note(&state, &access), asked).await {
            Ok(()) => return Ok(StatusCode::NO_CONTENT),
            Err(HistoryError::Store(error)) => return Err(error.into()),
            Err(_) => {}
        }
    }
    Err(try_again())
}

/// Whether the history has an entry of a kind that is not withdrawn.
async fn has_some(state: &AppState, patient: PatientId, kind: HistoryKind) -> Result<bool, Problem> {
    let mut before = None;
    loop {
        let entries = state.store.history_list(patient, before, AT_ONCE).await?;
        if entries.iter().any(|entry| entry.kind == kind && entry.withdrawn.is_none()) {
            return Ok(true);
        }
        if entries.len() < AT_ONCE {
            return Ok(false);
        }
        before = entries.last().map(|entry| entry.id);
    }
}
