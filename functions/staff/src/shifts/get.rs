//! `GET /shifts/{id}`: one entry in the roster.

use axum::extract::State;
use domain::id::ShiftId;
use http::{AppState, Path, Problem, Versioned, auth::Caller};

use crate::view::{ShiftView, shift_view};

/// Read an entry in the roster
#[utoipa::path(get, path = "/shifts/{id}", tag = "roster", operation_id = "get_shift", params(("id" = ShiftId, Path)),
    responses((status = 200, body = Versioned<ShiftView>)))]
pub(crate) async fn get(State(state): State<AppState>, _: Caller, Path(id): Path<ShiftId>) -> Result<Versioned<ShiftView>, Problem> {
    let shift = state.store.shift(id).await?.ok_or_else(|| Problem::not_found("shift"))?;
    Ok(shift_view(shift, &state.hospital))
}
