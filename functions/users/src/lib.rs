//! Accounts: registration, sign-in and roles. Only this function holds the key that signs access tokens.

mod accounts;
mod audit_log;
mod emails;
mod jwks;
mod me;
pub mod password_hash;
mod refresh_key;
mod refused;
mod register;
mod sign_in;
pub mod signing_key;
mod throttle;
mod tokens;
mod view;

use axum::{Router, extract::FromRef};
use domain::{Clock, text::Email};
use http::{
    AppState,
    auth::access_token::{Issuer, KeySetError},
    finish,
};
use mail::EmailTokens;
use platform::config::{Config, SigningKey, TokenKey};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{password_hash::Passwords, refresh_key::RefreshKey};

/// The state that all endpoints of this function share.
#[derive(Clone, Debug)]
pub struct Users {
    pub base: AppState,
    issuer: Issuer,
    email_tokens: EmailTokens,
    refresh_key: RefreshKey,
    passwords: Passwords,
    public_keys: String,
    administrator: Option<Email>,
}

impl Users {
    pub fn new(config: &Config, key: &SigningKey, tokens: &TokenKey, clock: Clock) -> Result<Self, KeySetError> {
        Ok(Self {
            base: AppState::new(config, clock)?,
            issuer: Issuer::new(key, config.hospital.issuer.clone())?,
            email_tokens: EmailTokens::new(tokens),
            refresh_key: RefreshKey::new(tokens),
            passwords: Passwords::new(config.password_cost),
            public_keys: config.public_keys.clone(),
            administrator: config.administrator.clone(),
        })
    }
}

impl FromRef<Users> for AppState {
    fn from_ref(users: &Users) -> Self {
        users.base.clone()
    }
}

/// All endpoints of this function.
pub fn routes() -> OpenApiRouter<Users> {
    let anybody = OpenApiRouter::new()
        .routes(routes!(register::register, accounts::list::list))
        .routes(routes!(sign_in::password::sign_in))
        .routes(routes!(sign_in::ask_for_token::ask_for_token))
        .routes(routes!(sign_in::exchange_token::exchange_token))
        .routes(routes!(sign_in::refresh::refresh))
        .routes(routes!(sign_in::sign_out::sign_out))
        .routes(routes!(sign_in::forgot_password::forgot_password))
        .routes(routes!(sign_in::reset_password::reset_password))
        .routes(routes!(jwks::jwks));
    let owner = OpenApiRouter::new()
        .routes(routes!(me::read::read, me::change::change, me::close::close))
        .routes(routes!(me::change_password::change_password))
        .routes(routes!(me::ask_for_email::ask_for_email))
        .routes(routes!(me::confirm_email::confirm_email))
        .routes(routes!(me::sessions::sessions, me::end_sessions::end_sessions))
        .routes(routes!(me::end_session::end_session))
        .routes(routes!(me::notifications::notifications));
    let administrators = OpenApiRouter::new()
        .routes(routes!(accounts::invite::invite_account))
        .routes(routes!(accounts::add_doctor::add_doctor))
        .routes(routes!(accounts::get::get, accounts::rename::rename))
        .routes(routes!(accounts::open_for_patient::open_for_patient))
        .routes(routes!(accounts::confirm_patient::confirm_patient))
        .routes(routes!(accounts::approve::approve))
        .routes(routes!(accounts::reject::reject))
        .routes(routes!(accounts::suspend::suspend))
        .routes(routes!(accounts::reinstate::reinstate))
        .routes(routes!(accounts::roles::set_roles))
        .routes(routes!(audit_log::audit_log))
        .routes(routes!(emails::list::list))
        .routes(routes!(emails::suppressions::suppressions))
        .routes(routes!(emails::lift_suppression::lift_suppression))
        .routes(routes!(emails::resend::resend));
    anybody.merge(owner).merge(administrators)
}

pub fn router(state: Users) -> Router {
    let base = state.base.clone();
    finish(routes().with_state(state).into(), &base)
}
