//! `GET /users/me/sessions`: where the caller is signed in.

use axum::extract::State;
use domain::{id::SessionId, instant::Instant};
use http::{Json, Listing, NoFilter, Page, Problem, auth::Caller};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Users;

/// A sign-in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionView {
    id: SessionId,
    /// Whether this request uses it.
    current: bool,
    signed_in_at: Instant,
    refreshed_at: Instant,
    /// When it ends unless it is refreshed before.
    expires_at: Instant,
    /// The network address that it began from.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// The program or device that it began on, as it named itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
}

/// List your sign-ins
///
/// Those that have not ended, latest first.
#[utoipa::path(get, path = "/users/me/sessions", tag = "own account", operation_id = "list_own_sessions", params(Listing<NoFilter>),
    responses((status = 200, body = Page<SessionView>)))]
pub(crate) async fn sessions(
    State(users): State<Users>,
    caller: Caller,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<SessionView>>, Problem> {
    let state = &users.base;
    let list = format!("sessions?{}", caller.user_id);
    let before = listing.after(&state.cursors, &list)?.and_then(|id| id.parse().ok());
    let account = users.own_account(&caller).await?.account;
    let found = state.store.session_list(caller.user_id, before, listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.id.to_string()));
    let now = state.clock.now();
    let held = |page: Page<_>| Page {
        items: page
            .items
            .into_iter()
            .filter(|session: &store::sessions::Session| session.holds(&account, now) && now < session.idle_until)
            .collect(),
        next_cursor: page.next_cursor,
    };
    Ok(Json(held(page).map(|session| SessionView {
        id: session.id,
        current: session.id == caller.session_id,
        signed_in_at: state.hospital.instant(session.signed_in_at),
        refreshed_at: state.hospital.instant(session.refreshed_at),
        expires_at: state.hospital.instant(session.idle_until.min(session.ends_at)),
        from: session.from,
        device: session.device,
    })))
}
