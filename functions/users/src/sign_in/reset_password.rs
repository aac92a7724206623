//! `POST /auth/password/reset`: choose a password with an emailed token. This is also how somebody accepts an invitation.

use axum::{extract::State, http::StatusCode};
use domain::password::Password;
use http::{Fields, Json, Problem};
use serde::Deserialize;
use store::{
    accounts::{AccountChange, StoredAccount},
    email_tokens::Purpose,
};
use utoipa::ToSchema;

use crate::{
    Users,
    refused::{InvalidToken, NotProven, not_changed, refused},
    throttle::{self, Asker, TooManyAttempts},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetPasswordRequest {
    /// The part of the email's link after `#token=`.
    #[schema(value_type = String)]
    token: Option<String>,
    #[schema(value_type = Password)]
    password: Option<String>,
}

/// Choose a password
///
/// Send the token from the email that you asked for, or from an invitation. The token works once. Every sign-in of the account ends, and
/// its email address counts as confirmed.
#[utoipa::path(post, path = "/auth/password/reset", tag = "sign-in", operation_id = "reset_password", request_body = ResetPasswordRequest,
    responses((status = 204, description = "Sign in with the new password"), InvalidToken, NotProven, TooManyAttempts))]
pub(crate) async fn reset_password(State(users): State<Users>, Json(request): Json<ResetPasswordRequest>) -> Result<StatusCode, Problem> {
    let state = &users.base;
    let mut fields = Fields::default();
    let token = fields.required("token", request.token, Ok);
    let typed = fields.required("password", request.password, |text| Password::parse(&text).map(|_| text));
    let (Some(token), Some(typed)) = (token, typed) else { return Err(fields.problem()) };
    let from_source = throttle::pass(state, throttle::passwords_from_source(state)).await?;

    let (token, before) = users.redeem(&token, &[Purpose::ResetPassword, Purpose::Invitation]).await?;
    let account = &before.account;
    let chosen = fields.check("password", Password::choose(&typed, Some(&account.email), Some(&account.name)));
    let Some(chosen) = chosen else { return Err(fields.problem()) };
    let first_administrator = users.is_first_administrator(&token.email).await?;
    let proven = account.clone().prove_email(token.email, first_administrator).map_err(refused)?.signed_out();
    let after = StoredAccount::new(proven, Some(users.passwords.hash(&chosen, &state.random)?));
    let change = AccountChange { token: Some(token.id), first_administrator, ..AccountChange::new(&before, &after) };
    state.store.account_change(change).await.map_err(not_changed)?;
    let asker = Asker::stranger(state, &after.account.email);
    for spent in [asker.passwords(), asker.emails(Purpose::ResetPassword)] {
        throttle::forget(state, &spent).await;
    }
    from_source.uncount(state).await;
    Ok(StatusCode::NO_CONTENT)
}
