//! `POST /users/{id}/approve`: grant the role that was asked for.

use axum::extract::State;
use domain::{account::Account, id::UserId};
use http::{IfMatch, NoBody, Path, Problem, Versioned, auth::Caller};

use super::decide;
use crate::{Users, refused::NotDecided, view::AccountView};

/// Approve an account
///
/// The account becomes active once its email address is confirmed, or at once if it already is. The person gets an email.
#[utoipa::path(post, path = "/users/{id}/approve", tag = "accounts", operation_id = "approve_account",
    params(("id" = UserId, Path), IfMatch),
    responses((status = 200, body = Versioned<AccountView>), NotDecided))]
pub(crate) async fn approve(
    State(users): State<Users>,
    caller: Caller,
    Path(id): Path<UserId>,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<AccountView>, Problem> {
    decide(&users, &caller, id, if_match, Account::approve).await
}
