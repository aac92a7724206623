//! `GET /.well-known/jwks.json`: the keys that verify access tokens.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use crate::Users;

/// The public keys
///
/// A JSON Web Key Set (RFC 7517) to verify this hospital's access tokens with.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "sign-in", operation_id = "get_public_keys",
    responses((status = 200, body = Object, content_type = "application/jwk-set+json")))]
pub(crate) async fn jwks(State(users): State<Users>) -> Response {
    ([(header::CONTENT_TYPE, "application/jwk-set+json"), (header::CACHE_CONTROL, "public, max-age=300")], users.public_keys)
        .into_response()
}
