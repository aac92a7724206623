//! `POST /auth/password/forgot`: ask for an email with a link to choose a new password.

use axum::{extract::State, http::StatusCode};
use http::{Json, Problem};
use store::email_tokens::Purpose;

use super::{EmailPromised, RequestEmailRequest, promise};
use crate::{Users, throttle::TooManyAttempts};

/// Ask for a new password
///
/// Sends a token to the email address if it has an account. The token works once, within 30 minutes. The answer is the same for every email
/// address.
#[utoipa::path(post, path = "/auth/password/forgot", tag = "sign-in", operation_id = "request_password_email", request_body = RequestEmailRequest,
    responses((status = 202, body = EmailPromised), TooManyAttempts))]
pub(crate) async fn forgot_password(
    State(users): State<Users>,
    Json(request): Json<RequestEmailRequest>,
) -> Result<(StatusCode, Json<EmailPromised>), Problem> {
    promise(&users, request, Purpose::ResetPassword).await
}
