//! `GET /patients/{patient_id}/consents`: every decision of a patient.

use axum::extract::State;
use domain::{
    id::{PatientId, UserId},
    instant::Instant,
    patient::ConsentTo,
    text::PersonName,
};
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};
use serde::Serialize;
use utoipa::ToSchema;

/// A decision of a patient.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConsentDecisionView {
    to: ConsentTo,
    given: bool,
    at: Instant,
    /// The account that noted it: the patient's, or a member of staff's.
    noted_by: UserId,
    /// The member of staff's name at that time.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<PersonName>,
}

/// List a patient's consents
///
/// Every decision, latest first. Of each kind, the latest one counts.
#[utoipa::path(get, path = "/patients/{patient_id}/consents", tag = "patients", operation_id = "list_consents",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<ConsentDecisionView>)))]
pub(crate) async fn consents(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<ConsentDecisionView>>, Problem> {
    let id = access.patient.id;
    let list = format!("consents?{id}");
    let before = listing.after(&state.cursors, &list)?.and_then(|version| version.parse().ok());
    let found = state.store.patient_consents(id, before, listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.version.to_string()));
    Ok(Json(page.map(|decision| ConsentDecisionView {
        to: decision.to,
        given: decision.given,
        at: state.hospital.instant(decision.at),
        noted_by: decision.by,
        name: decision.by_name,
    })))
}
