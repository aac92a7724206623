//! `POST /users/{id}/suspend`: end an account's access for now.

use axum::extract::State;
use domain::{account::Account, id::UserId};
use http::{IfMatch, NoBody, Path, Problem, Versioned, auth::Caller};

use super::decide;
use crate::{Users, refused::NotDecided, view::AccountView};

/// Suspend an account
///
/// Every sign-in ends: at once on routes that look the account up, and at the next token refresh, within 15 minutes, on the others.
#[utoipa::path(post, path = "/users/{id}/suspend", tag = "accounts", operation_id = "suspend_account",
    params(("id" = UserId, Path), IfMatch),
    responses((status = 200, body = Versioned<AccountView>), NotDecided))]
pub(crate) async fn suspend(
    State(users): State<Users>,
    caller: Caller,
    Path(id): Path<UserId>,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<AccountView>, Problem> {
    decide(&users, &caller, id, if_match, Account::suspend).await
}
