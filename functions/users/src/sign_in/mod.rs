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

/// Where to send an email.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestEmailRequest {
    #[schema(value_type = Email)]
    email: Option<String>,
}

/// The same for every address.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EmailPromised {
    next: &'static str,
}

const NEXT: &str =
    "If this address has an account, an email is on its way to it. If you have just asked, use the latest email that you have.";

/// Promises an email to an address, unless enough were sent: then the latest one still works. Nothing here looks whether it has an account: `notifications` does.
async fn promise(users: &Users, request: RequestEmailRequest, purpose: Purpose) -> Result<(StatusCode, Json<EmailPromised>), Problem> {
    let state = &users.base;
    let mut fields = Fields::default();
    let Some(email) = fields.required("email", request.email, |text| Email::parse(&text)) else { return Err(fields.problem()) };
    throttle::pass(state, throttle::emails_from_source(state)).await?;
    if throttle::one_more(state, &Asker::of(state, &email).await?.emails(purpose)).await? {
        let now = state.clock.now();
        let id = EmailTokenId::new(now, state.random.u128()?);
        state.store.email_token_promise(&EmailToken::new(id, purpose, email, None, now)).await?;
    }
    Ok((StatusCode::ACCEPTED, Json(EmailPromised { next: NEXT })))
}
