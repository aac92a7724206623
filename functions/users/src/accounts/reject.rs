//! `POST /users/{id}/reject`: refuse the role that was asked for.

use axum::extract::State;
use domain::{account::Account, id::UserId};
use http::{IfMatch, NoBody, Path, Problem, Versioned, auth::Caller};

use super::decide;
use crate::{Users, refused::NotDecided, view::AccountView};

/// Reject an account
///
/// The person gets an email and can still see the account. You can still approve it later.
#[utoipa::path(post, path = "/users/{id}/reject", tag = "accounts", operation_id = "reject_account",
    params(("id" = UserId, Path), IfMatch),
    responses((status = 200, body = Versioned<AccountView>), NotDecided))]
pub(crate) async fn reject(
    State(users): State<Users>,
    caller: Caller,
    Path(id): Path<UserId>,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<AccountView>, Problem> {
    decide(&users, &caller, id, if_match, Account::reject).await
}
