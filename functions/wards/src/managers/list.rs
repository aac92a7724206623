//! `GET /wards/{ward}/managers`: who manages a ward.

use axum::extract::State;
use domain::ward::Ward;
use http::{AppState, Json, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use super::ManagerView;
use crate::authority::OnWard;

/// The managers of a ward: at most three, one for each shift.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Managers {
    #[schema(max_items = 3)]
    items: Vec<ManagerView>,
}

/// List a ward's managers
#[utoipa::path(get, path = "/wards/{ward}/managers", tag = "wards", operation_id = "list_ward_managers", params(("ward" = Ward, Path)),
    responses((status = 200, body = Managers)))]
pub(crate) async fn list(State(state): State<AppState>, on: OnWard) -> Result<Json<Managers>, Problem> {
    let mut items = Vec::new();
    let mut shifts = state.store.ward_managers(on.ward.ward).await?;
    shifts.sort_by_key(|manager| manager.shift);
    for shift in shifts {
        items.extend(ManagerView::of(shift, &state).await?);
    }
    Ok(Json(Managers { items }))
}
