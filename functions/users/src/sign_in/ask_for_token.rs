//! `POST /auth/email-token`: ask for an email with a link that signs in.

use axum::{extract::State, http::StatusCode};
use http::{Json, Problem};
use store::email_tokens::Purpose;

use super::{EmailPromised, RequestEmailRequest, promise};
use crate::{Users, throttle::TooManyAttempts};

/// Ask for a sign-in by email
///
/// Sends a token to the email address if it has an account. The token works once, within 10 minutes. The answer is the same for every email
/// address.
#[utoipa::path(post, path = "/auth/email-token", tag = "sign-in", operation_id = "request_sign_in_email", request_body = RequestEmailRequest,
    responses((status = 202, body = EmailPromised), TooManyAttempts))]
pub(crate) async fn ask_for_token(
    State(users): State<Users>,
    Json(request): Json<RequestEmailRequest>,
) -> Result<(StatusCode, Json<EmailPromised>), Problem> {
    promise(&users, request, Purpose::SignIn).await
}
