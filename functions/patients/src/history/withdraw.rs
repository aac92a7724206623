//! `POST /patients/{patient_id}/history/{id}/withdraw`: an entry was wrong.

use axum::extract::State;
use domain::{
    history::Entry,
    id::{HistoryId, PatientId},
    text::Reason,
};
use http::{AppState, Fields, Json, Path, Problem, auth::PatientAccess, refusals};
use serde::Deserialize;
use store::history::HistoryError;
use utoipa::ToSchema;

use super::{HistoryEntryView, TryAgain, note, try_again, view};

refusals! {
    pub(crate) NotWithdrawn {
        409 "already_withdrawn",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithdrawHistoryRequest {
    /// What was wrong.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Withdraw an entry of the medical history
///
/// The entry stays in the list, marked, with who withdrew it and why.
#[utoipa::path(post, path = "/patients/{patient_id}/history/{id}/withdraw", tag = "patients", operation_id = "cancel_history",
    request_body = WithdrawHistoryRequest, params(("patient_id" = PatientId, Path), ("id" = HistoryId, Path)),
    responses((status = 200, body = HistoryEntryView), NotWithdrawn, TryAgain))]
pub(crate) async fn withdraw(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<HistoryId>,
    Json(request): Json<WithdrawHistoryRequest>,
) -> Result<Json<HistoryEntryView>, Problem> {
    let mut fields = Fields::default();
    let Some(reason) = fields.required("reason", request.reason, |text| Reason::parse(&text)) else { return Err(fields.problem()) };
    let entry = state.store.history_entry(access.patient.id, id).await?.ok_or_else(|| Problem::not_found("entry"))?;
    if entry.withdrawn.is_some() {
        return Err(already_withdrawn());
    }
    let after = Entry { withdrawn: Some((note(&state, &access), reason)), version: entry.version + 1, ..entry };
    match state.store.history_withdraw(&after).await {
        Ok(()) => Ok(Json(view(after, &state.hospital))),
        // Only withdrawing changes an entry.
        Err(HistoryError::Stale) => Err(already_withdrawn()),
        Err(HistoryError::Moved | HistoryError::Full(_)) => Err(try_again()),
        Err(HistoryError::Store(error)) => Err(error.into()),
    }
}

fn already_withdrawn() -> Problem {
    Problem::conflict("already_withdrawn", "This entry is withdrawn already.")
}
