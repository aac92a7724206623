//! `GET /laboratories/{laboratory_id}/technicians`: who works in a laboratory.

use axum::extract::State;
use domain::id::LaboratoryId;
use http::{AppState, Json, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use super::TechnicianView;
use crate::authority::InLaboratory;

/// Those who work in a laboratory.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Technicians {
    items: Vec<TechnicianView>,
}

/// List those who work in a laboratory
#[utoipa::path(get, path = "/laboratories/{laboratory_id}/technicians", tag = "laboratories", operation_id = "list_technicians",
    params(("laboratory_id" = LaboratoryId, Path)), responses((status = 200, body = Technicians)))]
pub(crate) async fn list(State(state): State<AppState>, there: InLaboratory) -> Result<Json<Technicians>, Problem> {
    let mut items = Vec::new();
    for technician in state.store.technicians(there.laboratory.listed.id).await? {
        items.extend(TechnicianView::of(technician, &state).await?);
    }
    Ok(Json(Technicians { items }))
}
