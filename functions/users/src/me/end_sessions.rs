//! `DELETE /users/me/sessions`: sign out everywhere.

use axum::{extract::State, http::StatusCode};
use http::{Problem, auth::Caller};
use store::accounts::{AccountChange, StoredAccount};

use crate::{
    Users,
    refused::{NotChanged, not_changed},
};

/// Sign out everywhere
///
/// Ends the sign-ins on every device, this one included. Where a route does not look the sign-in up, such as when patients read their own
/// data, an access token still works until it expires, at most 15 minutes later.
#[utoipa::path(delete, path = "/users/me/sessions", tag = "own account", operation_id = "end_own_sessions", responses((status = 204, description = "Signed out"), NotChanged))]
pub(crate) async fn end_sessions(State(users): State<Users>, caller: Caller) -> Result<StatusCode, Problem> {
    let before = users.own_account(&caller).await?;
    let after = StoredAccount { account: before.account.clone().signed_out().changed(), ..before.clone() };
    users.base.store.account_change(AccountChange::new(&before, &after)).await.map_err(not_changed)?;
    Ok(StatusCode::NO_CONTENT)
}
