//! `POST /auth/password/forgot`: have a link sent that lets choose a new password.

use axum::{extract::State as Extract, http::StatusCode};
use shared::{
    http::{Json, Problem},
    store::email_tokens::Purpose,
};

use super::{LetterPromised, RequestEmailRequest, promise};
use crate::{Users, throttle::TooManyAttempts};

/// Ask for a new password
///
/// Sends a token to the address, if it has an account; it is good once, for 30 minutes. The answer is the same for every address.
#[utoipa::path(post, path = "/auth/password/forgot", tag = "sign-in", operation_id = "request_password_email", request_body = RequestEmailRequest,
    responses((status = 202, body = LetterPromised), TooManyAttempts))]
pub(crate) async fn forgot_password(
    Extract(users): Extract<Users>,
    Json(request): Json<RequestEmailRequest>,
) -> Result<(StatusCode, Json<LetterPromised>), Problem> {
    promise(&users, request, Purpose::ResetPassword).await
}
