//! `POST /users/me/email`: have an address confirmed, a new one or the one that the account has.

use axum::{extract::State, http::StatusCode};
use domain::{
    account::{Refused, Status},
    id::EmailTokenId,
    text::Email,
};
use http::{Fields, Json, Problem, auth::Caller, refusals};
use serde::{Deserialize, Serialize};
use store::email_tokens::{EmailToken, Purpose};
use utoipa::ToSchema;

use crate::{
    Users,
    refused::{WrongPassword, refused},
    throttle::{self, TooManyAttempts},
};

refusals! {
    pub(crate) NotActive {
        409 "wrong_status" { account_status: Status },
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestConfirmationEmailRequest {
    #[schema(value_type = Email)]
    email: Option<String>,
    /// The account's password.
    #[schema(value_type = String, format = Password)]
    password: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EmailPromised {
    next: &'static str,
}

/// Change your email address
///
/// Sends a token to the new address; the account keeps the old one until the token comes back. Asked for with the address that the
/// account has, it sends the confirmation again; an account that waits can ask for that only.
#[utoipa::path(post, path = "/users/me/email", tag = "own account", operation_id = "request_confirmation_email", request_body = RequestConfirmationEmailRequest,
    responses((status = 202, body = EmailPromised), WrongPassword, NotActive, TooManyAttempts))]
pub(crate) async fn ask_for_email(
    State(users): State<Users>,
    caller: Caller,
    Json(request): Json<RequestConfirmationEmailRequest>,
) -> Result<(StatusCode, Json<EmailPromised>), Problem> {
    let state = &users.base;
    let mut fields = Fields::default();
    let email = fields.required("email", request.email, |text| Email::parse(&text));
    let password = fields.required("password", request.password, Ok);
    let (Some(email), Some(password)) = (email, password) else { return Err(fields.problem()) };
    let account = users.own_account(&caller).await?;
    users.prove_password(&account, &password).await?;
    if account.account.status != Status::Active && email != account.account.email {
        return Err(refused(Refused::Status(account.account.status)));
    }
    throttle::pass(state, throttle::emails_from_source(state)).await?;
    throttle::pass(state, throttle::confirmations_of(caller.user_id)).await?;
    if email != account.account.email {
        throttle::pass(state, throttle::confirmations_to_other_address(state, &email)).await?;
    }

    let now = state.clock.now();
    let id = EmailTokenId::new(now, state.random.u128()?);
    state.store.email_token_promise(&EmailToken::new(id, Purpose::ConfirmEmail, email, Some(caller.user_id), now)).await?;
    let next = "Open the link in the email that we send to this address, signed in to this account, within a day.";
    Ok((StatusCode::ACCEPTED, Json(EmailPromised { next })))
}
