//! `POST /users/me/email`: ask for the email that confirms an email address, either a new one or the account's own.

use axum::{extract::State, http::StatusCode};
use domain::{
    account::{Refused, Status},
    id::EmailTokenId,
    text::Email,
};
use http::{Fields, Json, Problem, auth::Caller, refusals};
use serde::Deserialize;
use store::email_tokens::{EmailToken, Purpose};
use utoipa::ToSchema;

use crate::{
    Users,
    refused::{WrongPassword, refused},
    sign_in::EmailPromised,
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

/// Change your email address
///
/// Sends a token to the new email address. The account keeps its old email address until you confirm the new one. Send the account's own
/// email address to get its confirmation again; an account that is not active can ask only for that.
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
    // An email address that nobody has confirmed may be a stranger's. What it gets is counted for all accounts together.
    if email != account.account.email {
        throttle::pass(state, throttle::confirmations_to_other_address(state, &email)).await?;
    } else if !account.account.email_confirmed {
        throttle::pass(state, throttle::welcomes_to(state, &email)).await?;
    }

    let now = state.clock.now();
    let id = EmailTokenId::new(now, state.random.u128()?);
    state.store.email_token_promise(&EmailToken::new(id, Purpose::ConfirmEmail, email, Some(caller.user_id), now)).await?;
    let next = "Open the link in the email that we send to this email address within 24 hours, while you are signed in to this account.";
    Ok((StatusCode::ACCEPTED, Json(EmailPromised { next })))
}
