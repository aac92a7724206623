//! `GET /waiting-list/{id}`: one wait.

use axum::extract::State;
use domain::id::WaitId;
use http::{AppState, Versioned};

use super::{WaitView, access::WaitAccess, view};

/// Read a wait
#[utoipa::path(get, path = "/waiting-list/{id}", tag = "waiting list", operation_id = "get_wait", params(("id" = WaitId, Path)),
    responses((status = 200, body = Versioned<WaitView>)))]
pub(crate) async fn get(State(state): State<AppState>, access: WaitAccess) -> Versioned<WaitView> {
    view(access.wait, &state)
}
