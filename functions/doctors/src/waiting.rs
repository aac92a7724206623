//! `GET /doctors/me/waiting`: all results or requests that wait for the doctor, page by page.

use axum::extract::State;
use domain::{
    Invalid,
    record::{lab_result::LabResult, request::PrescriptionRequest},
};
use http::{AppState, Fields, Json, Listing, Page, Problem, auth::AsDoctor};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::dashboard::{WaitingEntry, waiting_entry};

/// What waits.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum WaitingKind {
    /// Results that nobody has looked at.
    Results,
    /// Requests for prescriptions and refills.
    PrescriptionRequests,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WaitingQuery {
    #[param(required = true, value_type = WaitingKind, inline)]
    kind: Option<String>,
}

fn kind(text: &str) -> Result<WaitingKind, Invalid> {
    match text {
        "results" => Ok(WaitingKind::Results),
        "prescription_requests" => Ok(WaitingKind::PrescriptionRequests),
        _ => Err(Invalid::new("invalid_kind", "Use `results` or `prescription_requests`.")),
    }
}

/// List what waits for you
///
/// Results that nobody has looked at, or requests for prescriptions, oldest first. The dashboard shows the first 20 of each.
#[utoipa::path(get, path = "/doctors/me/waiting", tag = "doctors", operation_id = "list_waiting_entries", params(Listing<WaitingQuery>),
    responses((status = 200, body = Page<WaitingEntry>)))]
pub(crate) async fn waiting(
    State(state): State<AppState>,
    AsDoctor(doctor): AsDoctor,
    listing: Listing<WaitingQuery>,
) -> Result<Json<Page<WaitingEntry>>, Problem> {
    let mut fields = Fields::default();
    let Some(kind) = fields.required("kind", listing.filter.kind.as_deref(), kind) else { return Err(fields.problem()) };
    let list = format!("waiting-for?{doctor}&{kind:?}");
    let (after, limit) = (listing.after(&state.cursors, &list)?, listing.limit + 1);
    let found = match kind {
        WaitingKind::Results => state.store.record_waiting::<LabResult>(doctor, after.as_deref(), limit).await?,
        WaitingKind::PrescriptionRequests => state.store.record_waiting::<PrescriptionRequest>(doctor, after.as_deref(), limit).await?,
    };
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|line| waiting_entry(line, &state))))
}
