//! Signing in, staying signed in, and getting back in.

pub(crate) mod ask_for_token;
pub(crate) mod exchange_token;
pub(crate) mod forgot_password;
pub(crate) mod password;
pub(crate) mod refresh;
pub(crate) mod reset_password;
pub(crate) mod sign_out;

use axum::http::StatusCode;
use domain::{id::EmailTokenId, text::Email};
use http::{Fields, Json, Problem};
use serde::{Deserialize, Serialize};
use store::email_tokens::{EmailToken, Purpose};
use utoipa::ToSchema;

use crate::{
    Users,
    throttle::{self, Asker},
};

/// The email address that gets the token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestEmailRequest {
    #[schema(value_type = Email)]
    email: Option<String>,
}

/// What happens next. The answer is the same for every email address.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EmailPromised {
    pub(crate) next: &'static str,
}

const NEXT: &str =
    "If this email address has an account, it gets an email. If you asked more than once, use the latest email that you have.";

/// Promises an email to an email address, unless enough were sent: then the token in the latest one still works. The answer cannot show
/// whether the email address has an account: only `notifications` decides by that.
async fn promise(users: &Users, request: RequestEmailRequest, purpose: Purpose) -> Result<(StatusCode, Json<EmailPromised>), Problem> {
    let state = &users.base;
    let mut fields = Fields::default();
    let Some(email) = fields.required("email", request.email, |text| Email::parse(&text)) else { return Err(fields.problem()) };
    throttle::pass(state, throttle::emails_from_source(state)).await?;
    // Only to know the owner's networks. It reads as much when there is no account, and nothing of it shows in the answer.
    let account = state.store.account_by_email(&email).await?.map(|stored| stored.account);
    if throttle::may_send_email(state, &Asker::of(state, &email, account.as_ref()).await?.emails(purpose)).await? {
        let now = state.clock.now();
        let id = EmailTokenId::new(now, state.random.u128()?);
        state.store.email_token_promise(&EmailToken::new(id, purpose, email, None, now)).await?;
    }
    Ok((StatusCode::ACCEPTED, Json(EmailPromised { next: NEXT })))
}
