//! `GET /wards/{ward}`: one ward.

use axum::extract::State;
use domain::ward::Ward;
use http::{AppState, Problem, Versioned};

use super::{WardView, view};
use crate::authority::OnWard;

/// Read a ward
#[utoipa::path(get, path = "/wards/{ward}", tag = "wards", operation_id = "get_ward", params(("ward" = Ward, Path)),
    responses((status = 200, body = Versioned<WardView>)))]
pub(crate) async fn get(State(state): State<AppState>, on: OnWard) -> Result<Versioned<WardView>, Problem> {
    Ok(view(&on.ward, &state))
}
