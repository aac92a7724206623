//! `POST /emergency/cases/{id}/triage`: judge anew how urgent an emergency is.

use axum::extract::State;
use domain::id::CaseId;
use http::{AppState, Fields, IfMatch, Json, Problem, Versioned, auth::NotHere};

use super::{CaseView, TriageBody, critical, view};
use crate::{
    authority::OfCase,
    refused::{NotJudged, cannot_now},
};

/// Judge an emergency anew
///
/// Earlier judgements stay. A more urgent level counts from now on, but a doctor is never due later than before. A less urgent level counts from the
/// arrival.
#[utoipa::path(post, path = "/emergency/cases/{id}/triage", tag = "emergencies", operation_id = "triage_emergency",
    params(("id" = CaseId, Path), IfMatch), request_body = TriageBody,
    responses((status = 200, body = Versioned<CaseView>), NotHere, NotJudged))]
pub(crate) async fn triage(
    State(state): State<AppState>,
    of: OfCase,
    if_match: IfMatch,
    Json(request): Json<TriageBody>,
) -> Result<Versioned<CaseView>, Problem> {
    let mut fields = Fields::default();
    let triage = request.parse("", of.patient.date_of_birth, of.case.is_critical(), &of.caller, &state, &mut fields);
    let Some(triage) = triage else { return Err(fields.problem()) };
    if_match.check(of.case.version)?;
    let after = of.case.clone().judged(triage).map_err(cannot_now)?;
    let written = critical::write(&state, &of.patient, Some(&of.case), after, &of.caller).await?;
    Ok(view(written, &of.caller, &state))
}
