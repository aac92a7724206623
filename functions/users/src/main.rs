use domain::Clock;
use shared::config::{Config, SigningKey, TokenKey};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::telemetry::init();
    let state = users::Users::new(&Config::from_env()?, &SigningKey::from_env()?, &TokenKey::from_env()?, Clock::system())?;
    state.base.store.warm().await;
    lambda_http::run(users::router(state)).await
}
