//! Secrets Manager `GetSecretValue`, for the only secret.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use platform::config::SigningKey;
use secrecy::ExposeSecret;
use serde_json::json;

pub(super) fn router(key: SigningKey) -> Router {
    Router::new().route("/", post(get_secret_value)).with_state(key)
}

async fn get_secret_value(State(key): State<SigningKey>, headers: HeaderMap) -> Response {
    let amz = [("content-type", "application/x-amz-json-1.1")];
    if headers.get("x-amz-target").is_none_or(|target| target != "secretsmanager.GetSecretValue") {
        let refusal = json!({ "__type": "InvalidRequestException", "Message": "only GetSecretValue is emulated" });
        return (StatusCode::BAD_REQUEST, amz, refusal.to_string()).into_response();
    }
    let secret = json!({ "id": key.id, "pkcs8": key.pkcs8.expose_secret() }).to_string();
    (amz, json!({ "Name": "signing-key", "SecretString": secret }).to_string()).into_response()
}
