//! The whole of an HTTP function's `main`.

use axum::Router;
use domain::Clock;
use platform::{config::Config, logs};

use crate::AppState;

/// Serves a router as a Lambda function until Lambda ends it.
pub async fn run(router: impl FnOnce(&AppState) -> Router) -> Result<(), lambda_http::Error> {
    logs::init();
    let state = AppState::new(&Config::from_env()?, Clock::system())?;
    state.store.warm().await;
    lambda_http::run(router(&state)).await
}
