//! `GET /users/me`: the caller's own account.

use axum::extract::State;
use http::{Problem, Versioned, auth::Caller};

use crate::{
    Users,
    view::{AccountView, view},
};

/// Read your own account
#[utoipa::path(get, path = "/users/me", tag = "own account", operation_id = "get_own_account",
    responses((status = 200, body = Versioned<AccountView>)))]
pub(crate) async fn read(State(users): State<Users>, caller: Caller) -> Result<Versioned<AccountView>, Problem> {
    let account = users.own_account(&caller).await?.account;
    let phone = users.profile_phone(&account).await?;
    Ok(view(account, phone, &users.base.hospital))
}
