//! `POST /users/{id}/reinstate`: give a suspended account its access back.

use axum::extract::State;
use domain::{account::Account, id::UserId};
use http::{IfMatch, NoBody, Path, Problem, Versioned, auth::Caller};

use super::decide;
use crate::{Users, refused::NotDecided, view::AccountView};

/// Reinstate an account
///
/// The account gets back the roles that it had. The person has to sign in again.
#[utoipa::path(post, path = "/users/{id}/reinstate", tag = "accounts", operation_id = "reinstate_account",
    params(("id" = UserId, Path), IfMatch),
    responses((status = 200, body = Versioned<AccountView>), NotDecided))]
pub(crate) async fn reinstate(
    State(users): State<Users>,
    caller: Caller,
    Path(id): Path<UserId>,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<AccountView>, Problem> {
    decide(&users, &caller, id, if_match, Account::reinstate).await
}
