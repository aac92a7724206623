//! `GET /emergency/cases/{id}`: one emergency.

use axum::extract::State;
use domain::id::CaseId;
use http::{AppState, Problem, Versioned, auth::NotHere};

use super::{CaseView, view};
use crate::authority::OfCase;

/// Read an emergency
#[utoipa::path(get, path = "/emergency/cases/{id}", tag = "emergencies", operation_id = "get_emergency", params(("id" = CaseId, Path)),
    responses((status = 200, body = Versioned<CaseView>), NotHere))]
pub(crate) async fn get(State(state): State<AppState>, of: OfCase) -> Result<Versioned<CaseView>, Problem> {
    Ok(view(of.case, &of.caller, &state))
}
