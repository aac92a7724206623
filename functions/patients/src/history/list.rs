//! `GET /patients/{patient_id}/history`: the medical history.

use axum::extract::State;
use domain::{
    history::HistoryKind,
    id::{HistoryId, PatientId},
};
use http::{AppState, Json, Listing, NoFilter, Problem, auth::PatientAccess};
use serde::Serialize;
use utoipa::ToSchema;

use super::{HistoryEntryView, NoteView, view};

/// A page of the medical history.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MedicalHistory {
    /// Latest first, withdrawn ones included.
    items: Vec<HistoryEntryView>,
    /// What was asked and answered with "none". Of a kind that is neither here nor among the entries, nobody has asked.
    none_known: Vec<NoneKnown>,
    /// Send this as `cursor` for the next page. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct NoneKnown {
    kind: HistoryKind,
    noted: NoteView,
}

/// Read the medical history
///
/// "No known allergies" is an answer and stands in `none_known`. A kind that is nowhere was not asked.
#[utoipa::path(get, path = "/patients/{patient_id}/history", tag = "patients", operation_id = "list_history",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = MedicalHistory)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<MedicalHistory>, Problem> {
    let id = access.patient.id;
    let list = format!("history?{id}");
    let before = listing.after(&state.cursors, &list)?.and_then(|id| id.parse::<HistoryId>().ok());
    let (found, asked) = tokio::join!(state.store.history_list(id, before, listing.limit + 1), state.store.history_asked(id));
    let page = http::Page::cut(found?, listing.limit, |last| state.cursors.seal(&list, &last.id.to_string()));
    let none_known = asked?.none_known.into_iter().map(|(kind, note)| NoneKnown { kind, noted: NoteView::of(note, &state.hospital) });
    let none_known = none_known.collect();
    let page = page.map(|entry| view(entry, &state.hospital));
    Ok(Json(MedicalHistory { items: page.items, none_known, next_cursor: page.next_cursor }))
}
