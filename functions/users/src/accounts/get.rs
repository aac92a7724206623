//! `GET /users/{id}`: one account.

use axum::extract::State;
use domain::id::UserId;
use http::{Path, Problem, Versioned, auth::Caller};

use crate::{
    Users,
    view::{AccountView, view},
};

/// Read an account
#[utoipa::path(get, path = "/users/{id}", tag = "accounts", operation_id = "get_account", params(("id" = UserId, Path)),
    responses((status = 200, body = Versioned<AccountView>)))]
pub(crate) async fn get(State(users): State<Users>, _: Caller, Path(id): Path<UserId>) -> Result<Versioned<AccountView>, Problem> {
    let account = users.base.store.account(id).await?.ok_or_else(|| Problem::not_found("account"))?.account;
    Ok(view(account, None, &users.base.hospital))
}
