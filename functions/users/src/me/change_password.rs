//! `POST /users/me/password`: choose another password. Every sign-in ends, and a new one begins for this device.

use axum::{extract::State, http::HeaderMap};
use domain::password::Password;
use http::{Fields, Json, Problem, auth::Caller};
use serde::Deserialize;
use store::accounts::{AccountChange, StoredAccount};
use utoipa::ToSchema;

use crate::{
    Users,
    refused::{NotChanged, WrongPassword, not_changed},
    throttle::TooManyAttempts,
    tokens::TokenPair,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePasswordRequest {
    #[schema(value_type = String, format = Password)]
    current_password: Option<String>,
    #[schema(value_type = Password)]
    new_password: Option<String>,
}

/// Change your password
///
/// Every sign-in of the account ends, on all devices. The answer begins a new sign-in for this device.
#[utoipa::path(post, path = "/users/me/password", tag = "own account", operation_id = "change_own_password", request_body = ChangePasswordRequest,
    responses((status = 200, body = TokenPair), WrongPassword, NotChanged, TooManyAttempts))]
pub(crate) async fn change_password(
    State(users): State<Users>,
    caller: Caller,
    headers: HeaderMap,
    Json(request): Json<ChangePasswordRequest>,
) -> Result<Json<TokenPair>, Problem> {
    let state = &users.base;
    let before = users.own_account(&caller).await?;
    let account = &before.account;
    let mut fields = Fields::default();
    let current = fields.required("current_password", request.current_password, Ok);
    let choose = |text: String| Password::choose(&text, Some(&account.email), Some(&account.name));
    let chosen = fields.required("new_password", request.new_password, choose);
    let (Some(current), Some(chosen)) = (current, chosen) else { return Err(fields.problem()) };
    users.prove_password(&before, &current).await?;
    if Password::parse(&current).is_ok_and(|current| current.expose() == chosen.expose()) {
        return Err(Problem::invalid_field("new_password", "same_password", "This is your current password. Choose another one."));
    }

    let after = StoredAccount::new(account.clone().signed_out().changed(), Some(users.passwords.hash(&chosen, &state.random)?));
    let (session, secret) = users.new_session(&after.account, &headers)?;
    let change = AccountChange { session: Some(&session), ..AccountChange::new(&before, &after) };
    state.store.account_change(change).await.map_err(not_changed)?;
    Ok(Json(users.pair(&after.account, &session, &secret)?))
}
