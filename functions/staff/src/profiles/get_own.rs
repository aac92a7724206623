//! `GET /staff/me`: the caller's own staff profile.

use axum::extract::State;
use domain::policy::Relationship;
use http::{AppState, Problem, Versioned, auth::Caller};

use super::{StaffView, read};

/// Read your own staff profile
#[utoipa::path(get, path = "/staff/me", tag = "staff", operation_id = "get_own_staff_profile",
    responses((status = 200, body = Versioned<StaffView>)))]
pub(crate) async fn get_own(State(state): State<AppState>, caller: Caller) -> Result<Versioned<StaffView>, Problem> {
    if !caller.may(&[Relationship::Own].into()) {
        return Err(Problem::forbidden("Only people who work here have a staff profile."));
    }
    Ok(read(&state, caller.user_id).await?.1)
}
