//! `POST /waiting-list/{id}/leave`: the patient no longer waits.

use axum::extract::State;
use domain::{id::WaitId, waiting::Ending};
use http::{AppState, IfMatch, NoBody, Problem, Versioned};

use super::{Over, WaitView, access::WaitAccess, change};

/// Leave the waiting list
///
/// If a slot was held for the patient, the next one who waits gets it.
#[utoipa::path(post, path = "/waiting-list/{id}/leave", tag = "waiting list", operation_id = "leave_waiting_list",
    params(("id" = WaitId, Path), IfMatch), responses((status = 200, body = Versioned<WaitView>), Over))]
pub(crate) async fn leave(
    State(state): State<AppState>,
    access: WaitAccess,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<WaitView>, Problem> {
    change(&state, access.wait, if_match, |wait| wait.end(Ending::Left)).await
}
