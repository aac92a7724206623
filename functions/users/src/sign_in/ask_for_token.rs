//! `POST /auth/email-token`: have a link sent that signs in.

use axum::{extract::State as Extract, http::StatusCode};
use shared::{
    http::{Json, Problem, Refusals},
    store::email_tokens::Purpose,
};

use super::{LetterPromised, LetterRequest, promise};
use crate::Users;

/// Ask for a sign-in by email
///
/// Sends a token to the address, if it has an account; it is good once, for 10 minutes. The answer is the same for every address.
#[utoipa::path(post, path = "/auth/email-token", tag = "sign-in", operation_id = "request_sign_in_email", request_body = LetterRequest, security(()),
    responses((status = 202, body = LetterPromised), Refusals))]
pub(crate) async fn ask_for_token(
    Extract(users): Extract<Users>,
    Json(request): Json<LetterRequest>,
) -> Result<(StatusCode, Json<LetterPromised>), Problem> {
    promise(&users, request, Purpose::SignIn).await
}
