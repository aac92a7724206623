//! `POST /auth/email-token`: have a link sent that signs in.

use axum::{extract::State as Extract, http::StatusCode};
use shared::{
    http::{Json, Problem},
    store::email_tokens::Purpose,
};

use super::{LetterPromised, RequestEmailRequest, promise};
use crate::{Users, throttle::TooManyAttempts};

/// Ask for a sign-in by email
///
/// Sends a token to the address, if it has an account; it is good once, for 10 minutes. The answer is the same for every address.
#[utoipa::path(post, path = "/auth/email-token", tag = "sign-in", operation_id = "request_sign_in_email", request_body = RequestEmailRequest,
    responses((status = 202, body = LetterPromised), TooManyAttempts))]
pub(crate) async fn ask_for_token(
    Extract(users): Extract<Users>,
    Json(request): Json<RequestEmailRequest>,
) -> Result<(StatusCode, Json<LetterPromised>), Problem> {
    promise(&users, request, Purpose::SignIn).await
}
