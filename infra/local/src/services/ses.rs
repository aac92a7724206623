//! SES v2 `SendEmail` with raw content.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::mailbox::{DeliverError, Mailbox, Refusal};

pub(super) fn router(mailbox: Mailbox) -> Router {
    Router::new().route("/v2/email/outbound-emails", post(send_email)).with_state(mailbox)
}

async fn send_email(State(mailbox): State<Mailbox>, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let to = request["Destination"]["ToAddresses"][0].as_str();
    let raw = request["Content"]["Raw"]["Data"].as_str().and_then(|data| BASE64_STANDARD.decode(data).ok());
    let (Some(to), Some(raw)) = (to, raw) else {
        return error(StatusCode::BAD_REQUEST, "BadRequestException", "only raw content to one email address is emulated");
    };
    match mailbox.take_refusal() {
        Some(Refusal::Throttled) => {
            return error(StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsException", "Maximum sending rate exceeded.");
        }
        Some(Refusal::Rejected) => return error(StatusCode::BAD_REQUEST, "MessageRejected", "Email address is not verified."),
        Some(Refusal::Paused) => return error(StatusCode::BAD_REQUEST, "SendingPausedException", "Sending is paused for this account."),
        None => {}
    }
    match mailbox.deliver(to, &raw) {
        Ok(id) => ([("content-type", "application/json")], json!({ "MessageId": id }).to_string()).into_response(),
        Err(cause @ DeliverError::Keep(_)) => error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServiceErrorException", &cause.to_string()),
        // A 400, so that the caller does not try the same message again: one bad email must not hold up those behind it.
        Err(cause) => error(StatusCode::BAD_REQUEST, "BadRequestException", &cause.to_string()),
    }
}

fn error(status: StatusCode, kind: &'static str, message: &str) -> Response {
    (status, [("x-amzn-errortype", kind), ("content-type", "application/json")], json!({ "message": message }).to_string()).into_response()
}
