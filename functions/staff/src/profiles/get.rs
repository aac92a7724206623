//! `GET /staff/{id}`: a staff profile, for administrators.

use axum::extract::State;
use domain::id::UserId;
use http::{AppState, Path, Problem, Versioned, auth::Caller};
use store::trail;

use super::{StaffView, read};

/// Read a staff profile
#[utoipa::path(get, path = "/staff/{id}", tag = "staff", operation_id = "get_staff_profile", params(("id" = UserId, Path)),
    responses((status = 200, body = Versioned<StaffView>)))]
pub(crate) async fn get(State(state): State<AppState>, _: Caller, Path(id): Path<UserId>) -> Result<Versioned<StaffView>, Problem> {
    trail::account(id);
    Ok(read(&state, id).await?.1)
}
