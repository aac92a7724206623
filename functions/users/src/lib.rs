//! Accounts: registration, sign-in and the tokens that follow from it. The only function that holds the signing key.

mod jwks;
mod me;
mod refresh;
mod register;
mod sign_in;
mod sign_out;
mod tokens;

use axum::{Router, extract::FromRef};
use domain::Clock;
use shared::{
    State,
    auth::token::{Issuer, KeySetError},
    config::{Config, SigningKey},
    http::finish,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What this function works with.
#[derive(Clone, Debug)]
pub struct Users {
    pub base: State,
    issuer: Issuer,
    public_keys: String,
}

impl Users {
    pub fn new(config: &Config, key: &SigningKey, clock: Clock) -> Result<Self, KeySetError> {
        let issuer = Issuer::new(key, config.house.issuer.clone())?;
        Ok(Self { base: State::new(config, clock)?, issuer, public_keys: config.public_keys.clone() })
    }
}

impl FromRef<Users> for State {
    fn from_ref(users: &Users) -> Self {
        users.base.clone()
    }
}

/// The table of contents.
pub fn routes() -> OpenApiRouter<Users> {
    OpenApiRouter::new()
        .routes(routes!(register::register))
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(refresh::refresh))
        .routes(routes!(sign_out::sign_out))
        .routes(routes!(me::me))
        .routes(routes!(jwks::jwks))
}

pub fn router(state: Users) -> Router {
    let base = state.base.clone();
    finish(routes().with_state(state).into(), &base)
}
