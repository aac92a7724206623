//! `POST /waiting-list/{id}/decline`: the slot that is offered does not suit. The patient keeps their place.

use axum::extract::State;
use domain::{id::WaitId, waiting::Wait};
use http::{AppState, IfMatch, NoBody, Problem, Versioned};

use super::{NoOffer, WaitView, access::WaitAccess, change};

/// Decline an offer
///
/// The next one who waits gets the slot. The patient keeps their place, and gets the next slot that fits. After five offers that were not
/// taken, the wait is over.
#[utoipa::path(post, path = "/waiting-list/{id}/decline", tag = "waiting list", operation_id = "decline_offer",
    params(("id" = WaitId, Path), IfMatch), responses((status = 200, body = Versioned<WaitView>), NoOffer))]
pub(crate) async fn decline(
    State(state): State<AppState>,
    access: WaitAccess,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<WaitView>, Problem> {
    change(&state, access.wait, if_match, Wait::decline).await
}
