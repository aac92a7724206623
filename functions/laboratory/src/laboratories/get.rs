//! `GET /laboratories/{laboratory_id}`: one laboratory.

use axum::extract::State;
use domain::id::LaboratoryId;
use http::{AppState, Problem, Versioned};

use super::{LaboratoryView, view};
use crate::authority::InLaboratory;

/// Read a laboratory
///
/// Whoever is signed in can: how to reach it, and when it is open.
#[utoipa::path(get, path = "/laboratories/{laboratory_id}", tag = "laboratories", operation_id = "get_laboratory",
    params(("laboratory_id" = LaboratoryId, Path)), responses((status = 200, body = Versioned<LaboratoryView>)))]
pub(crate) async fn get(State(state): State<AppState>, there: InLaboratory) -> Result<Versioned<LaboratoryView>, Problem> {
    Ok(view(there.laboratory, &state))
}
