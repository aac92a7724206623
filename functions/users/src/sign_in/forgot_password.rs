//! `POST /auth/password/forgot`: have a link sent that lets choose a new password.

use axum::{extract::State, http::StatusCode};
use http::{Json, Problem};
use store::email_tokens::Purpose;

use super::{EmailPromised, RequestEmailRequest, promise};
use crate::{Users, throttle::TooManyAttempts};

/// Ask for a new password
///
/// Sends a token to the address, if it has an account; it is good once, for 30 minutes. The answer is the same for every address.
#[utoipa::path(post, path = "/auth/password/forgot", tag = "sign-in", operation_id = "request_password_email", request_body = RequestEmailRequest,
    responses((status = 202, body = EmailPromised), TooManyAttempts))]
pub(crate) async fn forgot_password(
    State(users): State<Users>,
    Json(request): Json<RequestEmailRequest>,
) -> Result<(StatusCode, Json<EmailPromised>), Problem> {
    promise(&users, request, Purpose::ResetPassword).await
}
