//! `POST /users/me/email/confirm`: confirm an email address.
//!
//! It takes both the token from the mailbox and a sign-in to the account. Otherwise somebody could open an account with another person's
//! email address, and that person could confirm it with one click.

use axum::extract::State;
use http::{Fields, Json, Problem, Versioned, auth::Caller};
use serde::Deserialize;
use store::{
    accounts::{AccountChange, ChangeError, StoredAccount},
    email_tokens::Purpose,
};
use utoipa::ToSchema;

use crate::{
    Users,
    refused::{NotProven, not_changed, refused},
    throttle::Asker,
    view::{AccountView, view},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmEmailRequest {
    /// The part of the email's link after `#token=`.
    #[schema(value_type = String)]
    token: Option<String>,
}

/// Confirm your email address
///
/// Send the token from the email, signed in to the account that asked for it. If an administrator has approved the requested role, the role
/// becomes active. Refresh your tokens to use it.
#[utoipa::path(post, path = "/users/me/email/confirm", tag = "own account", operation_id = "confirm_own_email", request_body = ConfirmEmailRequest,
    responses((status = 200, body = Versioned<AccountView>), NotProven))]
pub(crate) async fn confirm_email(
    State(users): State<Users>,
    caller: Caller,
    Json(request): Json<ConfirmEmailRequest>,
) -> Result<Versioned<AccountView>, Problem> {
    let state = &users.base;
    let mut fields = Fields::default();
    let Some(token) = fields.required("token", request.token, Ok) else { return Err(fields.problem()) };
    // Not 401: the caller is signed in.
    let invalid =
        || Problem::invalid_field("token", "invalid_token", "This link is not valid, or it is for another account. Ask for a new one.");
    let redeemed = users.redeem(&token, &[Purpose::ConfirmEmail, Purpose::Welcome]).await;
    let (token, before) = redeemed.map_err(|problem| if problem.code == "invalid_token" { invalid() } else { problem })?;
    if before.account.id != caller.user_id {
        return Err(invalid());
    }
    let first_administrator = users.is_first_administrator(&token.email).await?;
    let account = before.account.clone().prove_email(token.email, first_administrator).map_err(refused)?;
    let after = StoredAccount { account, ..before.clone() };
    let change = AccountChange { token: Some(token.id), first_administrator, ..AccountChange::new(&before, &after) };
    state.store.account_change(change).await.map_err(|why| match why {
        ChangeError::TokenUsed => invalid(),
        why => not_changed(why),
    })?;
    if let Ok(asker) = Asker::of(&users.base, &after.account.email, Some(&after.account)).await {
        asker.remember_network(&users.base, &after.account).await;
    }
    let phone = users.profile_phone(&after.account).await?;
    Ok(view(after.account, phone, &state.hospital))
}
